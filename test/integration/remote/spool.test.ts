import { deepEqual, equal, match } from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { until } from '../../support/wait-until.ts'
import { aRunId, POSIX_SHELLS, type PosixShell, RemoteHost } from './remote-host.ts'

const LONG_AGO = new Date(Date.now() - 10 * 24 * 3_600_000)

const LINK = 'ab'.repeat(16)

function oldFile(path: string): void {
  writeFileSync(path, '')
  utimesSync(path, LONG_AGO, LONG_AGO)
}

/** Files of long ago, and a link that is named as a run is. */
function litter(place: string, files: readonly string[], target: string): void {
  mkdirSync(join(place, 'deep'), { recursive: true })
  for (const file of files) oldFile(join(place, file))
  symlinkSync(target, join(place, LINK))
  lutimesSync(join(place, LINK), LONG_AGO, LONG_AGO)
}

for (const sh of Object.keys(POSIX_SHELLS) as readonly PosixShell[]) {
  describe(`the spool, with ${sh} as /bin/sh`, () => {
    const host = new RemoteHost({ sh })
    after(() => host.end())
    const old = join(host.home, '.local/state/rcron')

    test('it is a directory of its own, private, and so is what is made in it; the command keeps its own umask', async () => {
      const session = host.start('umask', { keepOutput: true })
      await session.closed
      match(session.stdout(), new RegExp(`^0*${process.umask().toString(8)}\n$`))
      equal(existsSync(old), false)
      equal(statSync(host.spool).mode & 0o777, 0o700)
      for (const name of host.files()) equal(statSync(join(host.spool, name)).mode & 0o777, 0o600)
    })

    test('a run that was claimed under the old name is found, ended, and not begun a second time', async () => {
      const session = host.start('sleep 60')
      await session.answer
      mkdirSync(old, { recursive: true, mode: 0o700 })
      renameSync(join(host.spool, session.id), join(old, session.id))
      equal((await host.stateOf(session.id))?.kind, 'running')
      deepEqual(await host.start('true', { id: session.id }).answer, { kind: 'claimed', state: 'begun' })
      equal((await host.kill({ id: session.id, trace: null }))?.kind, 'ended')
      deepEqual(host.alive(session.id), [])
    })

    test('the sweep takes old files that are named as runs are, and nothing else, nor anything below or behind a link', async () => {
      mkdirSync(old, { recursive: true, mode: 0o700 })
      const name = aRunId()
      const theirs = ['locks', 'minute', `${name}x`, `${name.slice(1)}g`, `${name}.txt`, `${name}.key.out`, '.private']
      const ours = [name, `${name}.out`, `${name}.err`, `${name}.out.tail`, `${name}.err.tail`]
      const outside = host.path('outside')
      mkdirSync(outside, { recursive: true })
      for (const place of [host.spool, old]) litter(place, [...ours, ...theirs, `deep/${name}`], join(outside, 'x'))
      await host.start('true', { id: `${aRunId().slice(2)}00` }).closed
      await until('the spool is swept', () => ours.every((file) => !existsSync(join(host.spool, file))))
      await until('the old one too', () => ours.every((file) => !existsSync(join(old, file))))
      const kept = [...theirs, 'deep', LINK].toSorted()
      for (const place of [host.spool, old])
        deepEqual(
          kept.filter((file) => readdirSync(place).includes(file)),
          kept,
        )
      equal(existsSync(join(host.spool, 'deep', name)), true)
    })

    test('a place that others may look into is none; a claim of ours in it is not believed, and begins nothing', async () => {
      const there = new RemoteHost({ sh })
      try {
        const session = there.start('exit 3')
        await session.closed
        chmodSync(there.spool, 0o755)
        deepEqual(await there.stateOf(session.id), { kind: 'unknown' })
        deepEqual(await there.kill({ id: session.id, trace: null }), { kind: 'unknown' })
        // The next start that keeps what is printed looks, and goes to the other place, whether that is there or not.
        equal((await there.start('true', { id: session.id, keepOutput: true }).answer)?.kind, 'claimed')
        const other = there.start('true', { keepOutput: true })
        const answer = await other.answer
        equal(answer?.kind === 'started' && answer.spool, 'tmp')
        equal((await there.start('true', { id: session.id, keepOutput: true }).answer)?.kind, 'claimed')
      } finally {
        there.end()
      }
    })

    test('what a stranger has put in the place of another spool is neither written, nor removed, nor swept', async () => {
      const there = new RemoteHost({ sh })
      try {
        const ended = there.start('true')
        await ended.closed
        // From the second start on the places are known, and not looked at each time.
        await there.start('true').closed
        const precious = there.path('precious')
        writeFileSync(precious, 'precious\n')
        const behind = there.path('behind')
        mkdirSync(behind, { mode: 0o700 })
        const theirs = [aRunId(), `${ended.id}.out`]
        for (const file of theirs) oldFile(join(behind, file))
        symlinkSync(precious, join(behind, ended.id))
        for (const place of [there.otherSpool, join(there.home, '.local/state/rcron')]) symlinkSync(behind, place)
        const swept = join(there.spool, aRunId())
        oldFile(swept)
        const sweeping = there.start('true', { id: `${aRunId().slice(2)}00`, forget: [ended.id] })
        await sweeping.closed
        await until('the sweep has ended', () => there.watching(sweeping.id).length === 0)
        equal(existsSync(swept), false)
        match(there.claim(ended.id), /^done/m)
        equal(readFileSync(precious, 'utf8'), 'precious\n')
        deepEqual(readdirSync(behind).toSorted(), [...theirs, ended.id].toSorted())
      } finally {
        there.end()
      }
    })

    test('a link in the place of the spool is not followed', async () => {
      const there = new RemoteHost({ sh })
      try {
        const elsewhere = there.path('elsewhere')
        mkdirSync(elsewhere, { mode: 0o700 })
        mkdirSync(join(there.home, '.local/state'), { recursive: true })
        symlinkSync(elsewhere, there.spool)
        symlinkSync(elsewhere, there.otherSpool)
        const answer = await there.start('true').answer
        equal(answer?.kind === 'started' && answer.spool, 'none')
        deepEqual(readdirSync(elsewhere), [])
      } finally {
        there.end()
      }
    })
  })
}
