import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, test } from 'node:test'
import { PlainLab } from '../../support/plain-lab.ts'
import { startSshd } from '../../support/sshd.ts'

const sshd = await startSshd()
const lab = new PlainLab()
const host = { port: sshd.port, secret: sshd.clientKey.contents }
after(async () => {
  await lab[Symbol.asyncDispose]()
  await sshd.stop()
})

test('a command that exits with 0 has succeeded, and its output is kept', async () => {
  const { outcome, output, startedAt, durationMs } = await lab.run(host, 'echo out; echo err >&2')
  deepEqual(outcome, { kind: 'succeeded' })
  deepEqual([output.stdoutBytes, output.stderrBytes, output.streams.stderr.head], [4, 4, 'err\n'])
  match(output.head, /^(out\nerr\n|err\nout\n)$/)
  ok(startedAt !== null && durationMs !== null && durationMs >= 0)
})

const ends = [
  ['exit 3', { kind: 'failed', exitCode: 3 }],
  ['exit 255', { kind: 'failed', exitCode: 255 }],
  ['kill -9 $$', { kind: 'signaled', signal: 'SIGKILL' }],
  ['exit 143', { kind: 'signaled', signal: 'SIGTERM' }],
  ['exit 193', { kind: 'failed', exitCode: 193 }],
  ['kill -TERM $$', { kind: 'signaled', signal: 'SIGTERM' }],
  ['exec no-such-command-here', { kind: 'failed', exitCode: 127 }],
] as const
for (const [command, expected] of ends) {
  test(`"${command}" ends as ${JSON.stringify(expected)}`, async () => {
    deepEqual((await lab.run(host, command)).outcome, expected)
  })
}

test('standard input is empty: a command that reads it goes on', async () => {
  equal((await lab.run(host, 'cat; echo done')).output.head, 'done\n')
})

test('runs of one login share a connection, four at most', async () => {
  const before = sshd.sessions().length
  const runs = await Promise.all(Array.from({ length: 8 }, () => lab.run(host, 'echo $SSH_CONNECTION')))
  ok(runs.every(({ outcome }) => outcome.kind === 'succeeded'))
  const ports = new Map<string, number>()
  for (const { output } of runs) ports.set(output.head, (ports.get(output.head) ?? 0) + 1)
  deepEqual([...ports.values()].sort(), [4, 4])
  ok(before <= 1)
})
