import { userInfo } from 'node:os'
import { PlainLab } from '../support/plain-lab.ts'
import { realClock } from '../support/real-clock.ts'
import { startSshd } from '../support/sshd.ts'
import { bareConnection, bareExec } from './bare-ssh2.ts'
import { markdownTable, percentile } from './measure.ts'

/**
 * How long after a boundary commands begin on their hosts: crons on warm connections of two servers, started at a boundary;
 * each prints its host's clock, which here is ours. `node test/bench/start-lag.ts [rounds]`.
 */
const ROUNDS = Number(process.argv[2] ?? 10)
const CRONS = 20
const PER_HOST = CRONS / 2
/** Stands for the minute. */
const STEP_MS = 1_000
/** As many as rcron opens for ten runs at once. */
const CONNECTIONS_PER_HOST = 3

const servers = await Promise.all([startSshd(), startSshd()])
const hosts = servers.map(({ port, clientKey }) => ({ port, secret: clientKey.contents }))
const lab = new PlainLab()

const PRINT_CLOCK = 'date +%s%N'
const clients = await Promise.all(
  hosts.flatMap((host) =>
    Array.from({ length: CONNECTIONS_PER_HOST }, () => bareConnection(host, userInfo().username)),
  ),
)

/** Each answers with the host's clock at the start of its command, in milliseconds. */
type Start = () => Promise<readonly number[]>

const rcron: Start = async () => {
  const runs = hosts.flatMap((host) => Array.from({ length: PER_HOST }, () => lab.run(host, PRINT_CLOCK)))
  return (await Promise.all(runs)).map(({ output }) => Number(output.head) / 1e6)
}

const bare: Start = () =>
  Promise.all(
    Array.from({ length: CRONS }, async (_, at) => {
      let printed = ''
      const client = clients[at % clients.length]
      if (client === undefined) throw new Error('no connection')
      await bareExec(client, PRINT_CLOCK, (chunk) => {
        printed += chunk.toString()
      })
      return Number(printed) / 1e6
    }),
  )

async function lagsOf(start: Start): Promise<readonly number[]> {
  const boundary = Math.ceil(Date.now() / STEP_MS + 0.2) * STEP_MS
  while (Date.now() < boundary) await realClock.sleep(boundary - Date.now())
  return (await start()).map((began) => began - boundary)
}

await rcron()
await bare()
const lags = { rcron: [] as number[], bare: [] as number[] }
for (let round = 0; round < ROUNDS; round++) {
  lags.rcron.push(...(await lagsOf(rcron)))
  lags.bare.push(...(await lagsOf(bare)))
}
const row = (name: string, of: readonly number[]) => [
  name,
  ...[50, 99, 100].map((percent) => `${percentile(of, percent).toFixed(1)} ms`),
]
console.log(`Remote start minus boundary, ${CRONS} crons on ${hosts.length} servers, ${ROUNDS} rounds each, in turn\n`)
console.log(
  markdownTable([
    ['', 'p50 (bar 25 ms)', 'p99 (bar 100 ms)', 'most'],
    row('rcron', lags.rcron),
    row('bare ssh2, as many connections', lags.bare),
  ]),
)
for (const client of clients) client.destroy()
await lab[Symbol.asyncDispose]()
await Promise.all(servers.map((server) => server.stop()))
