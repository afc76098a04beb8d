import { deepEqual, equal, match, ok, partialDeepStrictEqual } from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { outcomeOfStatus } from '../../../src/execution/remote/host-status.ts'
import { killIfThere } from '../../support/processes.ts'
import { until } from '../../support/wait-until.ts'
import { POSIX_SHELLS, type PosixShell, RemoteHost } from './remote-host.ts'

const ENDINGS = [
  { command: 'true', code: 0, outcome: { kind: 'succeeded' } },
  { command: 'exit 1', code: 1, outcome: { kind: 'failed', exitCode: 1 } },
  { command: 'exit 255', code: 255, outcome: { kind: 'failed', exitCode: 255 } },
  { command: '/no/such/command', code: 127, outcome: { kind: 'failed', exitCode: 127 } },
  { command: 'kill -TERM $$', code: 143, outcome: { kind: 'signaled', signal: 'SIGTERM' } },
  { command: 'kill -KILL $$', code: 137, outcome: { kind: 'signaled', signal: 'SIGKILL' } },
  { command: 'kill -INT $$; sleep 5', code: 130, outcome: { kind: 'signaled', signal: 'SIGINT' } },
  { command: 'kill -37 $$', code: 165, outcome: { kind: 'signaled', signal: 'SIGRTMIN+3' } },
] as const

for (const sh of Object.keys(POSIX_SHELLS) as readonly PosixShell[]) {
  describe(`E5: with ${sh} as /bin/sh`, () => {
    const host = new RemoteHost({ sh })
    after(() => host.end())

    for (const { command, code, outcome } of ENDINGS) {
      test(`\`${command}\` ends with ${code}, on the connection and for a later probe`, async () => {
        const session = host.start(command)
        equal((await session.answer)?.kind, 'started')
        deepEqual(await session.exited, { code, signal: null })
        const state = await host.stateOf(session.id)
        deepEqual(state?.kind === 'exited' && outcomeOfStatus(state.status), outcome)
      })
    }

    test('stdout and stderr come apart and whole', async () => {
      const session = host.start('echo out; echo err >&2; printf more')
      await session.closed
      equal(session.stdout(), 'out\nmore')
      equal(session.stderr(), 'err\n')
    })

    test('ten megabytes on stderr alone come whole', async () => {
      const session = host.start('head -c 10000000 /dev/zero >&2; exit 4')
      await session.closed
      equal(session.stderr().length, 10_000_000)
      equal((await session.exited).code, 4)
    })

    test('stdin is empty', async () => {
      const session = host.start('cat; wc -c')
      await session.closed
      match(session.stdout(), /^\s*0\n$/)
    })

    test('a command that closes its streams early keeps its status', async () => {
      const session = host.start('exec >&- 2>&-; sleep 0.2; exit 7')
      equal((await session.exited).code, 7)
    })

    test('a child in the background that holds stdout does not delay the status', async () => {
      const session = host.start('sleep 8 & exit 5')
      equal((await session.exited).code, 5)
      equal(host.alive(session.id).length, 1)
      partialDeepStrictEqual(await host.stateOf(session.id), {
        kind: 'exited',
        status: { exitCode: 5, signal: null },
        endedByItself: true,
        hasKept: false,
      })
    })

    test('a chatty command outlives its reader, and its status is collected', async () => {
      const done = host.path(`done-${sh}`)
      const session = host.start(
        `i=0; while [ $i -lt 3000 ]; do echo line $i; echo line $i >&2; i=$((i+1)); done; echo yes >${done}; exit 9`,
      )
      await session.answer
      session.cut()
      await until('the status is written', async () => (await host.stateOf(session.id))?.kind === 'exited')
      partialDeepStrictEqual(await host.stateOf(session.id), {
        kind: 'exited',
        status: { exitCode: 9, signal: null },
        endedByItself: true,
        hasKept: false,
      })
    })

    test('for how long a command ran is noted by one clock of the host', async () => {
      const began = performance.now()
      const session = host.start('sleep 0.4; exit 9')
      await session.closed
      const mostMs = performance.now() - began + 10
      const state = await host.stateOf(session.id)
      const { tookMs = -1 } = state?.kind === 'exited' ? state : {}
      ok(tookMs >= 390 && tookMs <= mostMs, `${tookMs} ms`)
      partialDeepStrictEqual(await host.kill({ id: session.id, trace: null }), { kind: 'none', tookMs })
    })

    test('HUP, INT and TERM to what watches over the run end nothing', async () => {
      const go = host.path(`go-${sh}`)
      const session = host.start(`until [ -e ${go} ]; do sleep 0.02; done; exit 6`)
      await session.answer
      await until('the command runs', () => host.alive(session.id).length > 0)
      const watching = host.watching(session.id)
      ok(watching.length >= 4, `watching: ${watching}`)
      for (const pid of watching) for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) killIfThere(pid, name)
      await host.run(`touch ${go}`)
      equal((await session.exited).code, 6)
    })

    test('nothing is left behind but the claim', async () => {
      const session = host.start('echo x')
      await session.closed
      await until('all have ended', () => host.watching(session.id).length === 0)
      match(
        host.claim(session.id),
        /^run pid=\d+ start=\d+ boot=[0-9a-f-]+ cg=\S+ job=-\nrc=0 from=\d+\.\d\d to=\d+\.\d\d \.\n$/,
      )
    })
  })
}
