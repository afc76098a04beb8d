import { parseArgs } from 'node:util'
import { runChaos } from './chaos-run.ts'
import { describeReport } from './describe-report.ts'
import { FAULTS } from './faults.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '2' },
    faults: { type: 'string' },
    'fault-every-ms': { type: 'string', default: '400' },
    'minute-every-ms': { type: 'string', default: '6000' },
    keep: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
const numbers = [seed, Number(values.minutes), Number(values.faults ?? 1), Number(values['fault-every-ms'])]
if (!numbers.every((number) => number > 0)) {
  console.error(
    'Usage: npm run chaos -- [--seed N] [--minutes M] [--faults K] [--fault-every-ms N] [--minute-every-ms N] [--keep DIRECTORY] [--json]',
  )
  process.exit(2)
}

console.error(`Chaos of seed ${seed}.`)
const report = await runChaos({
  seed,
  kinds: FAULTS,
  minutes: Number(values.minutes),
  mostFaults: Number(values.faults ?? Number.POSITIVE_INFINITY),
  faultEveryMs: Number(values['fault-every-ms']),
  minuteEveryMs: Number(values['minute-every-ms']),
  longestMs: 4_000,
  settleMs: 10 * 60_000,
  keepIn: values.keep ?? null,
  tell: (progress) => console.error(progress),
})
console.log(values.json ? JSON.stringify(report, null, 2) : describeReport(report))
process.exitCode = report.violations.length === 0 ? 0 : 1
