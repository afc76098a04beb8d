import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import {
  aRunId,
  commandProcessesOf,
  type SupervisedHost,
  SupervisedLab,
} from '../integration/supervision/supervised-lab.ts'
import { PlainLab } from '../support/plain-lab.ts'
import { startSshd } from '../support/sshd.ts'
import { until } from '../support/wait-until.ts'
import { markdownTable, median, runProgram, timed } from './measure.ts'

/**
 * Supervised runs on one OpenSSH server: their cost here, their rate against OpenSSH ControlMaster without supervision, the time of
 * one against a plain one, of a confirmed kill, and of asking after 1,000 adopted runs. `node test/bench/supervised.ts [runs] [rounds]`.
 */
const RUNS = Number(process.argv[2] ?? 400)
const ROUNDS = Number(process.argv[3] ?? 5)
const AT_ONCE = 8
const SINGLE_RUNS = 150
const KILLS = 9
const ADOPTED = 1_000

const directory = mkdtempSync(join(tmpdir(), 'rcron-supervised-bench-'))
const sshd = await startSshd()
const host: SupervisedHost = { port: sshd.port, secret: sshd.clientKey.contents }
const lab = new SupervisedLab()
const plain = new PlainLab()

type Work = (count: number) => Promise<unknown>

function inLanes(run: () => Promise<{ readonly outcome: { readonly kind: string } }>): Work {
  return async (count) => {
    const limit = pLimit(AT_ONCE)
    const ended = await Promise.all(Array.from({ length: count }, () => limit(run)))
    const failed = ended.find(({ outcome }) => outcome.kind !== 'succeeded')
    if (failed !== undefined) throw new Error(`a run did not succeed: ${JSON.stringify(failed.outcome)}`)
  }
}

/** Runs per second, and CPU time of this process per run. */
async function measured(work: Work): Promise<{ readonly rate: number; readonly cpuMs: number }> {
  const before = process.cpuUsage()
  const ms = await timed(() => work(RUNS))
  const { user, system } = process.cpuUsage(before)
  return { rate: (RUNS / ms) * 1000, cpuMs: (user + system) / 1000 / RUNS }
}

async function openssh(): Promise<Work> {
  const config = join(directory, 'config')
  const lines = [
    'Host h',
    'HostName 127.0.0.1',
    `Port ${sshd.port}`,
    `User ${sshd.user}`,
    `IdentityFile ${sshd.clientKey.path}`,
    'IdentitiesOnly yes',
    'StrictHostKeyChecking no',
    'UserKnownHostsFile /dev/null',
    'LogLevel ERROR',
    `ControlPath ${directory}/%n`,
    'ControlMaster auto',
    'ControlPersist 60',
  ]
  writeFileSync(config, `${lines.join('\n  ')}\n`)
  await runProgram('ssh', ['-F', config, 'h', 'true'])
  return (count) =>
    runProgram(
      'xargs',
      ['-P', String(AT_ONCE), '-I', 'HOST', 'ssh', '-F', config, '-n', 'HOST', 'true'],
      Array(count).fill('h').join('\n'),
    )
}

/** One after the other, so that what else the machine does weighs on both alike. */
async function singleMs(): Promise<{ readonly supervised: number; readonly plain: number }> {
  const times = { supervised: [] as number[], plain: [] as number[] }
  for (let n = 0; n < SINGLE_RUNS; n++) {
    times.supervised.push(await timed(() => lab.run(host, 'true')))
    times.plain.push(await timed(() => plain.run(host, 'true')))
  }
  return { supervised: median(times.supervised), plain: median(times.plain) }
}

async function killMs(): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < KILLS; n++) {
    const { id, running } = lab.start(host, 'sleep 300 & (sleep 300; :) & sleep 300; :', { action: 'clobber' })
    await until('the tree is up', () => commandProcessesOf(id).length >= 5)
    times.push(
      await timed(async () => {
        const death = await running.kill('clobber')
        if (death.kind !== 'dead') throw new Error(`not confirmed: ${death.reason}`)
      }),
    )
    await running.result
  }
  return median(times)
}

/** From the start of another process to the last answer: some runs are alive, some have ended, some never began. */
async function adoptedMs(): Promise<number> {
  const alive = Array.from({ length: 20 }, () => lab.start(host, 'sleep 120'))
  await until('they run', () => alive.every(({ watch }) => watch.told.includes('started')))
  const over = Array.from({ length: 300 }, () => lab.start(host, 'true'))
  await Promise.all(over.map(({ running }) => running.result))
  const never = Array.from({ length: ADOPTED - alive.length - over.length }, () => ({ id: aRunId() }))
  const after = new SupervisedLab()
  const ms = await timed(async () => {
    const adopted = [...alive, ...over, ...never].map(({ id }) => after.adopt(host, id))
    await Promise.all(
      adopted.map(({ running, watch }, n) => {
        if (n >= alive.length) return running.result
        return until('it is found', () => watch.told.includes('found'), 60_000)
      }),
    )
  })
  await after[Symbol.asyncDispose]()
  await Promise.all(alive.map(({ running }) => running.kill('operator')))
  return ms
}

const supervised = inLanes(() => lab.run(host, 'true'))
const unsupervised = inLanes(() => plain.run(host, 'true'))
const viaSsh = await openssh()
await supervised(100)
await unsupervised(100)
const rates = { supervised: [] as number[], plain: [] as number[], openssh: [] as number[] }
const cpu: number[] = []
for (let round = 0; round < ROUNDS; round++) {
  const own = await measured(supervised)
  rates.supervised.push(own.rate)
  cpu.push(own.cpuMs)
  rates.plain.push((await measured(unsupervised)).rate)
  rates.openssh.push((await measured(viaSsh)).rate)
}
const single = await singleMs()
const killed = await killMs()
const asked = await adoptedMs()

const rate = median(rates.supervised)
const against = median(rates.supervised.map((own, round) => own / (rates.openssh[round] ?? Number.NaN)))
const slower = single.supervised / single.plain
const rows: readonly (readonly [string, string, string, boolean])[] = [
  ['client CPU of a supervised run, warm', `${median(cpu).toFixed(2)} ms`, '≤ 1.0 ms', median(cpu) <= 1],
  [
    `supervised runs/s, ${AT_ONCE} at once`,
    `${rate.toFixed(0)} (ControlMaster with xargs, unsupervised: ${median(rates.openssh).toFixed(0)}, plain: ${median(rates.plain).toFixed(0)})`,
    `≥ 0.8 ×: ${against.toFixed(2)} ×`,
    against >= 0.8,
  ],
  [
    'one warm supervised run',
    `${single.supervised.toFixed(1)} ms (plain: ${single.plain.toFixed(1)} ms)`,
    `≤ 3 ×: ${slower.toFixed(2)} ×`,
    slower <= 3,
  ],
  ['kill of a tree that obeys TERM, confirmed', `${killed.toFixed(0)} ms`, '≤ 400 ms', killed <= 400],
  [`${ADOPTED} adopted runs asked after`, `${(asked / 1000).toFixed(1)} s`, '≤ 30 s', asked <= 30_000],
]
console.log(`Supervised runs on one OpenSSH server, ${RUNS} runs a round, medians of ${ROUNDS} rounds\n`)
console.log(
  markdownTable([
    ['', 'measured', 'bar', ''],
    ...rows.map(([what, found, bar, holds]) => [what, found, bar, holds ? 'reached' : 'MISSED']),
  ]),
)
process.exitCode = rows.every(([, , , holds]) => holds) ? 0 : 1

await lab[Symbol.asyncDispose]()
await plain[Symbol.asyncDispose]()
await runProgram('ssh', ['-F', join(directory, 'config'), '-O', 'exit', '-q', 'h'])
await sshd.stop()
rmSync(directory, { recursive: true })
