import { deepEqual, ok, partialDeepStrictEqual } from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ProbeState } from '../../../src/execution/remote/answers.ts'
import { probeCommand } from '../../../src/execution/remote/verbs.ts'
import { until } from '../../support/wait-until.ts'
import { POSIX_SHELLS, type PosixShell, RemoteHost } from './remote-host.ts'

const byItself = (state: ProbeState | undefined) => (state?.kind === 'exited' ? state.endedByItself : null)

/** Asked again because nobody heard the answer. */
for (const sh of Object.keys(POSIX_SHELLS) as readonly PosixShell[]) {
  describe(`a second kill, with ${sh} as /bin/sh`, () => {
    const host = new RemoteHost({ sh })
    after(() => host.end())

    test('tells no status of a command that the first one ended', async () => {
      const session = host.start('trap "exit 0" TERM; while :; do sleep 0.1; done')
      await until('it runs', () => host.alive(session.id).length > 0)
      await host.kill({ id: session.id, trace: null })
      await session.closed
      deepEqual(await host.kill({ id: session.id, trace: null }), { kind: 'none', guarded: true, status: null })
    })

    test('a question after it tells whose doing the end was, also of a run that is forgotten', async () => {
      const killed = host.start('exec sleep 60')
      const own = host.start('sleep 60 & exit 143')
      await until('it runs', () => host.alive(killed.id).length > 0)
      await until('the command has ended', async () => (await host.stateOf(own.id))?.kind === 'exited')
      for (const { id } of [killed, own]) await host.kill({ id, trace: null })
      const ends = () => Promise.all([killed, own].map(async ({ id }) => byItself(await host.stateOf(id))))
      deepEqual(await ends(), [false, true])
      await host.run(probeCommand([], { plant: false, output: false, forget: [killed.id, own.id] }))
      deepEqual(await ends(), [false, true])
    })

    test('tells the status of a command that had ended before the first one came', async () => {
      const session = host.start('sleep 60 & exit 3')
      await until('the command has ended', async () => (await host.stateOf(session.id))?.kind === 'exited')
      ok((await host.kill({ id: session.id, trace: null }))?.kind === 'ended')
      const status = { exitCode: 3, signal: null }
      partialDeepStrictEqual(await host.kill({ id: session.id, trace: null }), { kind: 'none', guarded: true, status })
    })
  })
}
