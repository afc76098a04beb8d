import { fork } from 'node:child_process'
import { once } from 'node:events'
import pLimit from 'p-limit'
import { PlainLab } from '../support/plain-lab.ts'
import { startSshStub } from '../support/ssh-stub.ts'
import { bareConnection, bareLoop } from './bare-ssh2.ts'
import { markdownTable, median, timed } from './measure.ts'

/**
 * The client alone: an SSH server in another process answers every command at once. Runs per second and CPU time per run of
 * this process, against a bare ssh2 loop. `node test/bench/client-only.ts [runs] [rounds]`.
 */
const RUNS = Number(process.argv[2] ?? 5_000)
const ROUNDS = Number(process.argv[3] ?? 5)
const PER_CONNECTION = 4
const CONNECTIONS = 3

async function serve(): Promise<void> {
  const stub = await startSshStub()
  process.send?.(stub.port)
  process.once('disconnect', () => process.exit())
}

async function measure(): Promise<void> {
  const server = fork(import.meta.filename, ['serve'])
  const [port] = (await once(server, 'message')) as [number]
  const host = { port, secret: 'x', user: 'cron' }
  const lab = new PlainLab()
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => bareConnection(host, host.user)))
  const ours = async (count: number) => {
    const limit = pLimit(PER_CONNECTION * CONNECTIONS)
    await Promise.all(Array.from({ length: count }, () => limit(() => lab.run(host, 'true'))))
  }
  const bare = (count: number) => bareLoop(clients, count, PER_CONNECTION)
  await ours(RUNS / 2)
  await bare(RUNS / 2)

  const measured = { ours: [] as Measured[], bare: [] as Measured[] }
  for (let round = 0; round < ROUNDS; round++) {
    measured.ours.push(await rateAndCpu(() => ours(RUNS)))
    measured.bare.push(await rateAndCpu(() => bare(RUNS)))
  }
  const [own, other] = [summaryOf(measured.ours), summaryOf(measured.bare)]
  console.log(`${RUNS} runs against a stub that answers at once, medians of ${ROUNDS} rounds\n`)
  console.log(
    markdownTable([
      ['', 'runs/s', 'CPU µs/run'],
      ['rcron, plain exec', own.rate.toFixed(0), own.cpuUs.toFixed(0)],
      ['bare ssh2 loop', other.rate.toFixed(0), other.cpuUs.toFixed(0)],
      [
        'ratio (bar: ≥ 0.85 × the rate)',
        `${(own.rate / other.rate).toFixed(2)} ×`,
        `${(own.cpuUs / other.cpuUs).toFixed(2)} ×`,
      ],
    ]),
  )
  for (const client of clients) client.end()
  await lab[Symbol.asyncDispose]()
  server.disconnect()
}

type Measured = { readonly rate: number; readonly cpuUs: number }

async function rateAndCpu(work: () => Promise<void>): Promise<Measured> {
  const before = process.cpuUsage()
  const ms = await timed(work)
  const { user, system } = process.cpuUsage(before)
  return { rate: (RUNS / ms) * 1000, cpuUs: (user + system) / RUNS }
}

function summaryOf(measured: readonly Measured[]): Measured {
  return { rate: median(measured.map(({ rate }) => rate)), cpuUs: median(measured.map(({ cpuUs }) => cpuUs)) }
}

await (process.argv[2] === 'serve' ? serve() : measure())
