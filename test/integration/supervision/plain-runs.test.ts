import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, test } from 'node:test'
import { startSshd } from '../../support/sshd.ts'
import { SupervisedLab } from './supervised-lab.ts'

const sshd = await startSshd()
const lab = new SupervisedLab()
const host = { port: sshd.port, secret: sshd.clientKey.contents }
after(async () => {
  await lab[Symbol.asyncDispose]()
  await sshd.stop()
})

test('a command that exits with 0 has succeeded; both streams are kept, and nothing of ours among them', async () => {
  const { running, watch } = lab.start(host, 'echo out; echo err >&2')
  const { outcome, output, startedAt, durationMs } = await running.result
  deepEqual(outcome, { kind: 'succeeded' })
  deepEqual([output.stdoutBytes, output.stderrBytes, output.streams.stderr.head], [4, 4, 'err\n'])
  match(output.head, /^(out\nerr\n|err\nout\n)$/)
  ok(startedAt !== null && durationMs !== null && durationMs > 0)
  deepEqual(watch.told, ['started'])
})

const ends = [
  ['exit 3', { kind: 'failed', exitCode: 3 }],
  ['exit 255', { kind: 'failed', exitCode: 255 }],
  ['exit 126', { kind: 'failed', exitCode: 126 }],
  ['exec no-such-command-here', { kind: 'failed', exitCode: 127 }],
  ['kill -9 $$', { kind: 'signaled', signal: 'SIGKILL' }],
  ['exit 143', { kind: 'signaled', signal: 'SIGTERM' }],
  ['exit 193', { kind: 'failed', exitCode: 193 }],
  ['kill -TERM $$', { kind: 'signaled', signal: 'SIGTERM' }],
  ['kill -36 $$', { kind: 'signaled', signal: 'SIGRTMIN+2' }],
  ['exec >&- 2>&-; exit 4', { kind: 'failed', exitCode: 4 }],
] as const
for (const [command, expected] of ends) {
  test(`E5: "${command}" ends as ${JSON.stringify(expected)}`, async () => {
    const { outcome, output } = await lab.run(host, command)
    deepEqual(outcome, expected)
    ok(!output.head.includes('[rcron'), output.head)
  })
}

test('standard input is empty: a command that reads it goes on', async () => {
  equal((await lab.run(host, 'cat; echo done')).output.head, 'done\n')
})

test('E4: a command that cannot be sent is refused, and says what to do', async () => {
  for (const [command, why] of [
    ['echo \0', /NUL byte/],
    [`echo ${'x'.repeat(131_000)}`, /put it into a script/],
  ] as const) {
    const { outcome, startedAt } = await lab.run(host, command)
    match(outcome.kind === 'refused' ? outcome.reason : outcome.kind, why)
    equal(startedAt, null)
  }
})

test('E5: 50 MB on stdout and 10 MB on stderr are read to their end, within the bound, with the exact status', async () => {
  const { outcome, output } = await lab.run(host, 'head -c 50000000 /dev/zero; head -c 10000000 /dev/zero >&2; exit 9')
  deepEqual(outcome, { kind: 'failed', exitCode: 9 })
  deepEqual([output.stdoutBytes, output.stderrBytes], [50_000_000, 10_000_000])
  ok(output.head.length + output.tail.length + output.streams.stderr.head.length <= 64 * 1024)
})

test('E5: a background child that keeps stdout open does not hold the run longer than the drain', async () => {
  await using hasty = new SupervisedLab({ timings: { drainMs: 150 } })
  const before = performance.now()
  const { outcome, output } = await hasty.run(host, 'echo hi; sleep 30 & exit 4')
  deepEqual([outcome, output.head], [{ kind: 'failed', exitCode: 4 }, 'hi\n'])
  ok(performance.now() - before < 5_000)
})

test('runs of one login share connections, and one of its own has no other beside it', async () => {
  const shared = await Promise.all(Array.from({ length: 4 }, () => lab.run(host, 'echo $SSH_CONNECTION')))
  equal(new Set(shared.map(({ output }) => output.head)).size, 1)
  const [own, ...others] = await Promise.all([
    lab.run(host, 'echo $SSH_CONNECTION', { ownConnection: true }),
    ...Array.from({ length: 3 }, () => lab.run(host, 'echo $SSH_CONNECTION')),
  ])
  ok(others.every(({ output }) => output.head !== own.output.head))
})
