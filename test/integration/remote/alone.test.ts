import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { appendFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { killIfThere } from '../../support/processes.ts'
import { until } from '../../support/wait-until.ts'
import { aRunId, POSIX_SHELLS, type PosixShell, RemoteHost } from './remote-host.ts'

const OF_A_JOB = { exclusion: 'ab'.repeat(16), isUnlocked: true }
const OF_ANOTHER = { ...OF_A_JOB, exclusion: 'cd'.repeat(16) }
const LOCKED = { ...OF_A_JOB, isUnlocked: false }
const WITHHELD = { kind: 'withheld', beside: null } as const

for (const sh of Object.keys(POSIX_SHELLS) as readonly PosixShell[]) {
  describe(`a start of whose run no lock tells, with ${sh} as /bin/sh`, () => {
    const host = new RemoteHost({ sh })
    after(() => host.end())

    test('no place for its claim: nothing begins, and with a lock it does', async () => {
      const bare = new RemoteHost({ sh, env: { XDG_STATE_HOME: '/dev/null' } })
      try {
        mkdirSync(bare.otherSpool, { mode: 0o755 })
        const session = bare.start(`echo ran >${bare.path('ran')}`, { keeping: OF_A_JOB })
        deepEqual(await session.answer, WITHHELD)
        await session.closed
        deepEqual([existsSync(bare.path('ran')), session.stdout(), session.stderr()], [false, '', ''])
        equal((await bare.start('true', { keeping: LOCKED }).answer)?.kind, 'started')
      } finally {
        bare.end()
      }
    })

    test('it is claimed in either place, and ends as any other', async () => {
      const session = host.start('echo out; exit 3', { keeping: OF_A_JOB })
      const answer = await session.answer
      equal(answer?.kind === 'started' && answer.spool, 'home')
      equal((await session.exited).code, 3)
      const other = new RemoteHost({ sh, env: { XDG_STATE_HOME: '/dev/null' } })
      try {
        const there = await other.start('true', { keeping: OF_A_JOB, keepOutput: true }).answer
        equal(there?.kind === 'started' && there.spool, 'tmp')
      } finally {
        other.end()
      }
    })

    for (const keeping of [OF_A_JOB, LOCKED]) {
      test(`beside a living run that it excludes, ${keeping.isUnlocked ? 'without a lock too' : 'begun under a lock'}: nothing begins until that has ended`, async () => {
        const go = `go-${aRunId()}`
        const first = host.start(`until [ -e ${host.path(go)} ]; do sleep 0.05; done`, { keeping })
        equal((await first.answer)?.kind, 'started')
        const second = host.start('true', { keeping: OF_A_JOB })
        deepEqual(await second.answer, { kind: 'withheld', beside: first.id })
        await second.closed
        match(host.claim(second.id), /\nvoid\n$/)
        deepEqual((await host.probe([{ id: second.id, trace: null }])).get(second.id), { kind: 'never-started' })
        equal((await host.start('true', { keeping: OF_ANOTHER }).answer)?.kind, 'started')
        writeFileSync(host.path(go), '')
        await first.closed
        equal((await host.start('true', { keeping: OF_A_JOB }).answer)?.kind, 'started')
      })
    }

    test('a run whose supervisor was killed is alive while a process of it is; what it kept is no claim', async () => {
      const keeping = { ...OF_A_JOB, exclusion: 'ef'.repeat(16) }
      const first = host.start('exec sleep 300', { keeping })
      const answer = await first.answer
      await until('the command is there', () => host.alive(first.id).length > 0)
      for (const pid of host.watching(first.id)) killIfThere(pid)
      ok(answer?.kind === 'started')
      deepEqual(await host.start('true', { keeping }).answer, { kind: 'withheld', beside: first.id })
      for (const pid of host.alive(first.id)) killIfThere(pid)
      await until('it is dead', () => host.alive(first.id).length === 0)
      const forged = `run pid=${process.pid} start=1 boot=${answer.trace.boot} cg= job=${keeping.exclusion}\n`
      appendFileSync(join(host.spool, `${first.id}.out`), forged)
      equal((await host.start('true', { keeping }).answer)?.kind, 'started')
    })

    test('a claim of before the host was booted excludes nothing', async () => {
      const keeping = { ...OF_A_JOB, exclusion: '12'.repeat(16) }
      const [id, { pid }] = [aRunId(), process]
      writeFileSync(join(host.spool, id), `run pid=${pid} start=1 boot=b8 cg= job=${keeping.exclusion}\n`, {
        mode: 0o600,
      })
      equal((await host.start('true', { keeping }).answer)?.kind, 'started')
    })

    test('a claim in the other place is looked at too', async () => {
      const keeping = { ...OF_A_JOB, exclusion: '34'.repeat(16) }
      const first = host.start('sleep 300', { keeping })
      await first.answer
      mkdirSync(host.otherSpool, { mode: 0o700 })
      renameSync(join(host.spool, first.id), join(host.otherSpool, first.id))
      deepEqual(await host.start('true', { keeping }).answer, { kind: 'withheld', beside: first.id })
    })
  })
}
