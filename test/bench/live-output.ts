import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DaemonProcess, type LoggedEvent } from '../support/daemon.ts'
import { RcronCommand } from '../support/rcron-command.ts'
import { startSshd } from '../support/sshd.ts'
import { markdownTable, median } from './measure.ts'

/**
 * What 64 readers cost the run that they follow, and the daemon: a job that prints 50 MB a second, beside the same job without readers.
 * `node test/bench/live-output.ts [seconds] [rounds] [readers]`.
 */
const SECONDS = Number(process.argv[2] ?? 10)
const ROUNDS = Number(process.argv[3] ?? 3)
const READERS = Number(process.argv[4] ?? 64)
const MB_PER_SECOND = 50

/** Prints at that rate as long as it is taken in, and catches up where it was held up. */
const PRINTER = `import os, time
block = (b'x' * 99 + b'\\n') * 5000
begun = time.monotonic()
for turn in range(${SECONDS * 2 * MB_PER_SECOND}):
    left = block
    while left:
        left = left[os.write(1, left):]
    time.sleep(max(0, begun + (turn + 1) * 0.5 / ${MB_PER_SECOND} - time.monotonic()))
`

const sshd = await startSshd()
writeFileSync(join(sshd.home, 'printer.py'), PRINTER)
const rcron = new RcronCommand()
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: sshd.user, password: sshd.clientKey.path })
  const host = await systems.add({ host: 'localhost', port: sshd.port, local_port: sshd.port })
  const never = { cron_min: '0', cron_hour: '0', cron_dom: '29', cron_mon: '2' }
  await crons.add({ ...never, cron_name: 'loud', cron_path: `python3 ${sshd.home}/printer.py`, host, user, enabled: 1 })
})
const daemon = new DaemonProcess({ environment: { RCRON_STATE_DIR: rcron.stateDirectory, HOME: rcron.directory } })
await daemon.tells(/READY=1/)

type Measured = { readonly ms: number; readonly mostRss: number; readonly cpuMs: number; readonly told: number }
let ends = 0

async function measured(readers: number): Promise<Measured> {
  const cpuBefore = cpuMs()
  const said = await rcron.ok('run', 'loud')
  const run = /run ([0-9a-f]{32})/.exec(said)?.[1] ?? ''
  let mostRss = 0
  const watch = setInterval(() => {
    mostRss = Math.max(mostRss, rss())
  }, 50)
  const told = readers === 0 ? Promise.resolve(0) : follow(run, readers)
  ends += 1
  const ended: LoggedEvent = await daemon.said('run ended', ends, (SECONDS + 120) * 1000)
  clearInterval(watch)
  if (ended['outcome'] !== 'succeeded') throw new Error(JSON.stringify(ended))
  return { ms: Number(ended['durationMs']), mostRss, cpuMs: cpuMs() - cpuBefore, told: await told }
}

/** Resolves with how many bytes came to the readers. */
async function follow(run: string, readers: number): Promise<number> {
  const program = join(import.meta.dirname, 'live-output-readers.ts')
  const args = [program, join(rcron.stateDirectory, 'control.sock'), run, String(readers)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  await once(child, 'close')
  if (lines[0] !== 'all follow') throw new Error('some readers were not let in')
  return Number(lines[1])
}

/** Of the daemon, in MiB. */
function rss(): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))?.[1]) / 1024
}

/** Of the daemon since its start; a tick is 10 ms. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${daemon.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

// One of each first: what is loaded at its first use is no growth of a run.
await measured(0)
await measured(READERS)
const rounds: { readonly alone: Measured; readonly followed: Measured }[] = []
for (let round = 0; round < ROUNDS; round++) {
  rounds.push({ alone: await measured(0), followed: await measured(READERS) })
}
const of = (key: keyof Measured, kind: 'alone' | 'followed') => median(rounds.map((round) => round[kind][key]))
const slower = median(rounds.map(({ alone, followed }) => followed.ms / alone.ms))
const grown =
  Math.max(...rounds.map(({ followed }) => followed.mostRss)) - Math.min(...rounds.map(({ alone }) => alone.mostRss))
const rows: readonly (readonly [string, string, string, boolean])[] = [
  [
    `a run of ${SECONDS} s`,
    `${(of('ms', 'followed') / 1000).toFixed(2)} s (without readers: ${(of('ms', 'alone') / 1000).toFixed(2)} s)`,
    `≤ 1.05 ×: ${slower.toFixed(3)} ×`,
    slower <= 1.05,
  ],
  ['RSS growth of the daemon, the most of a round', `${grown.toFixed(1)} MiB`, '≤ 30 MiB', grown <= 30],
  [
    'CPU of the daemon a run',
    `${(of('cpuMs', 'followed') / 1000).toFixed(2)} s (without readers: ${(of('cpuMs', 'alone') / 1000).toFixed(2)} s)`,
    '',
    true,
  ],
  ['told to each reader a second', `${(of('told', 'followed') / READERS / SECONDS / 1024).toFixed(0)} KiB`, '', true],
]
console.log(`${READERS} readers of a job that prints ${MB_PER_SECOND} MB/s, medians of ${ROUNDS} rounds\n`)
console.log(
  markdownTable([
    ['', 'measured', 'bar', ''],
    ...rows.map(([what, found, bar, holds]) => [what, found, bar, bar === '' ? '' : holds ? 'reached' : 'MISSED']),
  ]),
)
process.exitCode = rows.every(([, , , holds]) => holds) ? 0 : 1

await daemon.stop()
rcron[Symbol.dispose]()
await sshd.stop()
