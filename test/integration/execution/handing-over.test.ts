import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Cron } from '../../../src/domain/cron.ts'
import type { RunResult } from '../../../src/domain/run.ts'
import { PlainLab } from '../../support/plain-lab.ts'
import { LATE_MS, type SshStub, type SshStubOptions, type StubCommand, startSshStub } from '../../support/ssh-stub.ts'
import { type Sshd, startSshd } from '../../support/sshd.ts'
import { startTcpProxy } from '../../support/tcp-proxy.ts'
import { until } from '../../support/wait-until.ts'

const sshd = await startSshd()
after(() => sshd.stop())
const secret = sshd.clientKey.contents
const host = { port: sshd.port, secret }

async function withStub(options: SshStubOptions, use: (stub: SshStub, lab: PlainLab) => Promise<void>, timings = {}) {
  await using stub = await startSshStub(options)
  await using lab = new PlainLab({ timings })
  await use(stub, lab)
}

/** A command that never ends by itself; `obeys` are the signals that end it. */
function endless(...obeys: readonly string[]) {
  return ({ channel, onSignal }: StubCommand) => {
    onSignal((name) => {
      if (!obeys.includes(name)) return
      channel.exit(name)
      channel.end()
    })
  }
}

test('refused exec: refused, and not tried again', async () => {
  await withStub({ exec: () => 'refuse' }, async (stub, lab) => {
    const { outcome } = await lab.run({ port: stub.port, secret: 'x' }, 'true')
    match(outcome.kind === 'refused' ? outcome.reason : outcome.kind, /refused to run the command/)
    equal(stub.commands.length, 1)
  })
})

test('hung up after the command was sent: lost, and not sent again', async () => {
  await withStub({ exec: () => 'hang up' }, async (stub, lab) => {
    const { outcome } = await lab.run({ port: stub.port, secret: 'x' }, 'true')
    match(outcome.kind === 'lost' ? outcome.reason : outcome.kind, /after the command was sent/)
    equal(stub.commands.length, 1)
  })
})

test('no answer to the command in time: lost, and not sent again', async () => {
  await withStub(
    { exec: () => 'stay silent' },
    async (stub, lab) => {
      const { outcome } = await lab.run({ port: stub.port, secret: 'x' }, 'true')
      match(outcome.kind === 'lost' ? outcome.reason : outcome.kind, /no answer to the command within 0\.2 s/)
      equal(stub.commands.length, 1)
    },
    { execAnswerMs: 200 },
  )
})

test('no answer to the request for a session: never handed over, tried elsewhere', async () => {
  let asked = 0
  await withStub(
    { session: () => (++asked === 1 ? 'stay silent' : 'grant') },
    async (stub, lab) => {
      deepEqual((await lab.run({ port: stub.port, secret: 'x' }, 'true')).outcome, { kind: 'succeeded' })
      deepEqual([stub.accepted, stub.commands.length], [2, 1])
    },
    { firstChannelOpenMs: 200 },
  )
})

test('a host that lets the login in and opens no session says where it hangs', async () => {
  await withStub(
    { session: () => 'stay silent' },
    async (stub, lab) => {
      const { outcome } = await lab.run({ port: stub.port, secret: 'x' }, 'true')
      match(
        outcome.kind === 'unreachable' ? outcome.reason : outcome.kind,
        /no session \(does PAM hang there\?\) within/,
      )
      equal(stub.commands.length, 0)
    },
    { firstChannelOpenMs: 100, startWindowMs: 1_000 },
  )
})

test('a host that takes its time to set up the first session of a connection is waited for', async () => {
  await withStub(
    { session: () => 'grant late' },
    async (stub, lab) => {
      deepEqual((await lab.run({ port: stub.port, secret: 'x' }, 'true')).outcome, { kind: 'succeeded' })
      equal(stub.accepted, 1)
    },
    { channelOpenMs: LATE_MS / 4 },
  )
})

test('the connection is cut while the command runs: lost', async () => {
  await withStub({ command: endless() }, async (stub, lab) => {
    const run = lab.start({ port: stub.port, secret: 'x' }, 'sleep 100')
    await until('it runs', () => stub.commands.length === 1)
    stub.cut()
    equal((await run.result).outcome.kind, 'lost')
  })
})

test('the network freezes while the command runs: lost when the keepalives stay unanswered', async (t) => {
  const proxy = await startTcpProxy({ port: sshd.port })
  t.after(() => proxy.close())
  await using lab = new PlainLab({ timings: { keepaliveMs: 100, keepaliveCount: 2 } })
  const run = lab.start({ port: proxy.port, secret }, 'echo begun; sleep 2')
  await until('it runs', () => sshd.sessions().length > 0)
  await lab.run({ port: proxy.port, secret }, 'true')
  proxy.freeze()
  const { outcome } = await run.result
  match(outcome.kind === 'lost' ? outcome.reason : outcome.kind, /Keepalive timeout/)
})

test('A12: a pooled connection that died in silence is found out and replaced, and the run succeeds', async () => {
  await using own = await startSshd()
  await using lab = new PlainLab({ timings: { channelOpenMs: 200 } })
  const on = { port: own.port, secret: own.clientKey.contents }
  await lab.run(on, 'true')
  const [session] = own.sessions()
  ok(session !== undefined)
  process.kill(session, 'SIGSTOP')
  const before = performance.now()
  deepEqual((await lab.run(on, 'true')).outcome, { kind: 'succeeded' })
  ok(performance.now() - before < 3_000)
})

test('A12: a server that was restarted meanwhile is connected to anew, and the run succeeds', async () => {
  await using own = await startSshd()
  await using lab = new PlainLab()
  const on = { port: own.port, secret: own.clientKey.contents }
  await lab.run(on, 'true')
  await own.restart()
  deepEqual((await lab.run(on, 'true')).outcome, { kind: 'succeeded' })
})

test('A11: MaxStartups 3:100:3 with 30 runs, each with a connection of its own: all succeed', async () => {
  await using narrow = await startSshd({ config: ['MaxStartups 3:100:3'] })
  const results = await thirtyRuns(narrow, { ownConnection: true })
  deepEqual(new Set(results.map(({ outcome }) => outcome.kind)), new Set(['succeeded']))
  equal(new Set(results.map(({ output }) => output.head)).size, 30)
})

test('A11: MaxSessions 1 with 30 runs: all succeed', async () => {
  await using narrow = await startSshd({ config: ['MaxSessions 1'] })
  const results = await thirtyRuns(narrow)
  deepEqual(new Set(results.map(({ outcome }) => outcome.kind)), new Set(['succeeded']))
})

/** Each prints which connection it came by. */
async function thirtyRuns(sshd: Sshd, cron: Partial<Cron> = {}): Promise<readonly RunResult[]> {
  await using lab = new PlainLab()
  const on = { port: sshd.port, secret: sshd.clientKey.contents }
  return await Promise.all(Array.from({ length: 30 }, () => lab.run(on, 'echo $SSH_CONNECTION', cron)))
}

test('E5: a background child that keeps stdout open does not hold the run longer than the drain', async () => {
  await using lab = new PlainLab({ timings: { drainMs: 150 } })
  const before = performance.now()
  const { outcome, output } = await lab.run(host, 'echo hi; sleep 8 & exit 4')
  deepEqual([outcome, output.head], [{ kind: 'failed', exitCode: 4 }, 'hi\n'])
  ok(performance.now() - before < 6_000)
})

test('output that comes after the exit is still kept', async () => {
  await using lab = new PlainLab()
  equal((await lab.run(host, '(sleep 0.2; echo late) & exit 0')).output.head, 'late\n')
})

test('out of time: TERM is asked for, and the death that the host reports confirms it', async () => {
  await withStub({ command: endless('TERM') }, async (stub, lab) => {
    const { outcome } = await lab.run({ port: stub.port, secret: 'x' }, 'sleep 100', { timeoutMs: 100 })
    deepEqual(outcome, { kind: 'timed-out', afterMs: 100 })
  })
})

test('killed: KILL follows where TERM is not obeyed, and the first cause is the outcome', async () => {
  await withStub({ command: endless('KILL') }, async (stub, lab) => {
    const run = lab.start({ port: stub.port, secret: 'x' }, 'sleep 100', { killGraceMs: 50 })
    await until('it runs', () => stub.commands.length === 1)
    const deaths = await Promise.all([run.kill('clobber'), run.kill('operator')])
    deepEqual(deaths, [{ kind: 'dead' }, { kind: 'dead' }])
    deepEqual((await run.result).outcome, { kind: 'killed', by: 'clobber' })
  })
})

test('killed where the host heeds no signal: unconfirmed, and the run is lost, not dead', async () => {
  await withStub(
    { command: endless() },
    async (stub, lab) => {
      const run = lab.start({ port: stub.port, secret: 'x' }, 'sleep 100', { killGraceMs: 50 })
      await until('it runs', () => stub.commands.length === 1)
      equal((await run.kill('clobber')).kind, 'unconfirmed')
      const { outcome } = await run.result
      match(
        outcome.kind === 'lost' ? outcome.reason : outcome.kind,
        /killed by clobber, and its death cannot be confirmed/,
      )
    },
    { killMs: 50 },
  )
})

test('killed before it was handed over: dead, and never sent', async () => {
  await withStub({ session: () => 'stay silent' }, async (stub, lab) => {
    const run = lab.start({ port: stub.port, secret: 'x' }, 'sleep 100')
    deepEqual(await run.kill('operator'), { kind: 'dead' })
    deepEqual((await run.result).outcome, { kind: 'killed', by: 'operator' })
    equal(stub.commands.length, 0)
  })
})

test('an adopted run is lost at once, and says why', async () => {
  await using lab = new PlainLab()
  const adopted = {
    id: '0'.repeat(32),
    command: 'x',
    trace: null,
    startedAt: 1,
    timeoutMs: null,
    killGraceMs: 1,
    ownConnection: false,
    unknownSince: null,
    killedBy: null,
    access: () => null,
  }
  const run = lab.executor.adopt(adopted, { started: () => {}, unknown: () => {}, found: () => {} })
  match(JSON.stringify((await run.result).outcome), /supervise = 0 cannot be found again/)
  equal((await run.kill('clobber')).kind, 'unconfirmed')
})

test('E5: much output on both streams is read to its end, within the bound', async () => {
  await using lab = new PlainLab()
  const { outcome, output } = await lab.run(host, 'head -c 30000000 /dev/zero; head -c 10000000 /dev/zero >&2')
  deepEqual(outcome, { kind: 'succeeded' })
  deepEqual([output.stdoutBytes, output.stderrBytes], [30_000_000, 10_000_000])
  ok(output.head.length + output.tail.length + output.streams.stderr.head.length <= 64 * 1024)
})
