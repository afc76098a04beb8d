import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { PlainLab } from '../support/plain-lab.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'
import { bareConnection, bareLoop } from './bare-ssh2.ts'
import { inParallel, markdownTable, median, runProgram, timed } from './measure.ts'

/**
 * Short commands on four OpenSSH servers over warm connections, against a bare ssh2 loop, OpenSSH's own multiplexing under
 * xargs, and paramiko with four threads. `node test/bench/runs.ts [runs] [rounds]`.
 */
const RUNS = Number(process.argv[2] ?? 2_000)
const ROUNDS = Number(process.argv[3] ?? 3)
const HOSTS = 4
const PER_HOST = 10
const PER_CONNECTION = 4
const CONNECTIONS = Math.ceil(PER_HOST / PER_CONNECTION)
/** Slow peers get a part of the work; what counts is the rate. */
const SSH_RUNS = Math.ceil(RUNS / 4)
const PARAMIKO_RUNS = Math.ceil(RUNS / 20)

const servers = await Promise.all(Array.from({ length: HOSTS }, () => startSshd()))
const directory = mkdtempSync(join(tmpdir(), 'rcron-bench-'))
const hosts = servers.map((server) => ({ port: server.port, secret: server.clientKey.contents, user: server.user }))
const lab = new PlainLab()
const clients = await Promise.all(
  hosts.flatMap((host) => Array.from({ length: CONNECTIONS }, () => bareConnection(host, host.user))),
)

async function ours(count: number): Promise<void> {
  const limits = hosts.map(() => pLimit(PER_HOST))
  const results = Array.from({ length: count }, (_, n) => {
    const host = hosts[n % HOSTS]
    if (host === undefined) throw new Error('no host')
    return limits[n % HOSTS]?.(async () => (await lab.run(host, 'true')).outcome.kind)
  })
  const failed = (await Promise.all(results)).filter((kind) => kind !== 'succeeded')
  if (failed.length > 0) throw new Error(`${failed.length} runs did not succeed: ${failed[0]}`)
}

/** All four servers under one configuration, with a master connection each. */
async function openssh(): Promise<(count: number) => Promise<void>> {
  const config = join(directory, 'config')
  const common = `User ${servers[0]?.user}\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n  IdentitiesOnly yes`
  const blocks = servers.map(
    ({ port, clientKey }: Sshd, n) =>
      `Host h${n}\n  HostName 127.0.0.1\n  Port ${port}\n  IdentityFile ${clientKey.path}\n  ${common}\n  ControlPath ${directory}/%n\n  ControlMaster auto\n  ControlPersist 60`,
  )
  writeFileSync(config, `${blocks.join('\n')}\n`)
  await inParallel(HOSTS, HOSTS, (n) => runProgram('ssh', ['-F', config, `h${n}`, 'true']))
  return (count) => {
    const names = Array.from({ length: count }, (_, n) => `h${n % HOSTS}`).join('\n')
    return runProgram('xargs', ['-P', '8', '-I', 'HOST', 'ssh', '-F', config, '-n', 'HOST', 'true'], names)
  }
}

async function paramiko(count: number): Promise<void> {
  const targets = JSON.stringify(servers.map(({ port, user, clientKey }) => ({ port, user, key: clientKey.path })))
  const script = `
import json, sys, threading, paramiko
targets, count = json.loads(sys.argv[1]), int(sys.argv[2])
def work(first):
    for n in range(first, count, 4):
        target = targets[n % len(targets)]
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect('127.0.0.1', target['port'], target['user'], key_filename=target['key'], allow_agent=False, look_for_keys=False)
        _, out, _ = client.exec_command('true')
        assert out.channel.recv_exit_status() == 0
        client.close()
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
`
  await runProgram('/usr/bin/python3', ['-c', script, targets, String(count)])
}

const viaSsh = await openssh()
await ours(HOSTS * PER_HOST * 4)
await bareLoop(clients, 200, PER_CONNECTION)
const rates = { ours: [] as number[], bare: [] as number[], openssh: [] as number[], paramiko: [] as number[] }
const rate = async (into: number[], count: number, work: (count: number) => Promise<void>) => {
  into.push((count / (await timed(() => work(count)))) * 1000)
}
for (let round = 0; round < ROUNDS; round++) {
  await rate(rates.ours, RUNS, ours)
  await rate(rates.bare, RUNS, (count) => bareLoop(clients, count, PER_CONNECTION))
  await rate(rates.openssh, SSH_RUNS, viaSsh)
  await rate(rates.paramiko, PARAMIKO_RUNS, paramiko)
}

const own = median(rates.ours)
const row = (name: string, values: readonly number[], bar: string) => [
  name,
  median(values).toFixed(0),
  `${(own / median(values)).toFixed(2)} ×`,
  bar,
]
console.log(`${RUNS} runs of \`true\` on ${HOSTS} OpenSSH servers, medians of ${ROUNDS} rounds\n`)
console.log(
  markdownTable([
    ['peer', 'runs/s', 'rcron against it', 'bar'],
    ['rcron, plain exec', own.toFixed(0), '', ''],
    row('bare ssh2 loop, warm connections', rates.bare, '≥ 0.85 ×'),
    row('ssh ControlMaster, xargs -P 8', rates.openssh, '≥ 3 ×'),
    row('paramiko, 4 threads', rates.paramiko, '≥ 20 ×'),
  ]),
)
for (const client of clients) client.end()
await lab[Symbol.asyncDispose]()
await inParallel(HOSTS, HOSTS, (n) => runProgram('ssh', ['-F', join(directory, 'config'), '-O', 'exit', '-q', `h${n}`]))
await Promise.all(servers.map((server) => server.stop()))
rmSync(directory, { recursive: true })
