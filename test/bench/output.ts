import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PlainLab } from '../support/plain-lab.ts'
import { startSshd } from '../support/sshd.ts'
import { bareConnection, bareExec } from './bare-ssh2.ts'
import { markdownTable, median, timed } from './measure.ts'

/** One command that prints a gigabyte, against `ssh host cat`. `node test/bench/output.ts [MiB] [rounds]`. */
const MIB = Number(process.argv[2] ?? 1024)
const ROUNDS = Number(process.argv[3] ?? 3)
const BYTES = MIB * 1024 * 1024

const sshd = await startSshd()
const host = { port: sshd.port, secret: sshd.clientKey.contents, user: sshd.user }
const file = join(sshd.home, 'big')
writeFileSync(file, '')
truncateSync(file, BYTES)
const lab = new PlainLab()
const client = await bareConnection(host, host.user)

async function ours(): Promise<void> {
  const { outcome, output } = await lab.run(host, `cat ${file}`)
  if (outcome.kind !== 'succeeded' || output.stdoutBytes !== BYTES)
    throw new Error(`${outcome.kind}, ${output.stdoutBytes} bytes`)
}

async function openssh(): Promise<void> {
  const quiet = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'].flatMap((it) => [
    '-o',
    it,
  ])
  const args = [
    '-F',
    'none',
    '-i',
    sshd.clientKey.path,
    '-p',
    String(sshd.port),
    ...quiet,
    `${sshd.user}@127.0.0.1`,
    `cat ${file}`,
  ]
  const child = spawn('ssh', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.resume()
  await once(child, 'close')
}

/** Of this process, in MiB. */
function rss(): number {
  return process.memoryUsage.rss() / 1024 / 1024
}

await ours()
const before = rss()
let most = before
const watch = setInterval(() => {
  most = Math.max(most, rss())
}, 20)
const rates = { ours: [] as number[], bare: [] as number[], openssh: [] as number[] }
for (let round = 0; round < ROUNDS; round++) rates.ours.push((MIB / (await timed(ours))) * 1000)
clearInterval(watch)
for (let round = 0; round < ROUNDS; round++) {
  rates.openssh.push((MIB / (await timed(openssh))) * 1000)
  rates.bare.push((MIB / (await timed(() => bareExec(client, `cat ${file}`)))) * 1000)
}
const ratio = (values: readonly number[]) => `${(median(rates.ours) / median(values)).toFixed(2)} ×`
console.log(`One command printing ${MIB} MiB, medians of ${ROUNDS} rounds\n`)
console.log(
  markdownTable([
    ['', 'MiB/s', 'rcron against it', 'bar'],
    [
      'rcron, plain exec',
      median(rates.ours).toFixed(0),
      '',
      `RSS growth ${(most - before).toFixed(0)} MiB (bar: ≤ 30)`,
    ],
    ['ssh host cat', median(rates.openssh).toFixed(0), ratio(rates.openssh), '≥ 0.5 ×'],
    ['bare ssh2', median(rates.bare).toFixed(0), ratio(rates.bare), ''],
  ]),
)
client.end()
await lab[Symbol.asyncDispose]()
await sshd.stop()
