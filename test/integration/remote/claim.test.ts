import { deepEqual, equal, match, ok, partialDeepStrictEqual } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { probeCommand } from '../../../src/execution/remote/verbs.ts'
import { killIfThere } from '../../support/processes.ts'
import { until } from '../../support/wait-until.ts'
import { requireRoot } from '../require-root.ts'
import { aRunId, POSIX_SHELLS, type PosixShell, RemoteHost } from './remote-host.ts'

for (const sh of Object.keys(POSIX_SHELLS) as readonly PosixShell[]) {
  describe(`claims, with ${sh} as /bin/sh`, () => {
    const host = new RemoteHost({ sh })
    after(() => host.end())

    test('E10: of two starts at once exactly one begins', async () => {
      for (let round = 0; round < 4; round += 1) {
        const id = aRunId()
        const log = host.path(id)
        const sessions = [1, 2, 3].map(() => host.start(`echo begun >>${log}`, { id }))
        const answers = await Promise.all(sessions.map((session) => session.answer))
        await Promise.all(sessions.map((session) => session.closed))
        deepEqual(answers.map((answer) => answer?.kind).sort(), ['claimed', 'claimed', 'started'])
        equal(readFileSync(log, 'utf8'), 'begun\n')
      }
    })

    test('a start and a tombstone at once agree', async () => {
      for (let round = 0; round < 4; round += 1) {
        const id = aRunId()
        const session = host.start('true', { id })
        const states = await host.probe([{ id, trace: null }], true)
        const answer = await session.answer
        const begun = answer?.kind === 'started'
        ok(answer !== null)
        equal(states.get(id)?.kind === 'never-started', !begun)
      }
    })

    test('a second start tells what became of the first', async () => {
      const first = host.start('exit 3')
      await first.closed
      deepEqual(await host.start('true', { id: first.id }).answer, { kind: 'claimed', state: 'exited' })
    })

    test('a run never claimed is unclaimed, and never-started once a tombstone stands', async () => {
      const id = aRunId()
      deepEqual(await host.stateOf(id), { kind: 'unclaimed' })
      deepEqual((await host.probe([{ id, trace: null }], true)).get(id), { kind: 'never-started' })
      deepEqual(await host.start('true', { id }).answer, { kind: 'claimed', state: 'never-started' })
      deepEqual(await host.stateOf(id), { kind: 'never-started' })
    })

    test('a forgotten run leaves its status, for who else may ask, and goes on refusing', async () => {
      const first = host.start('exit 3')
      await first.closed
      await host.start('true', { forget: [first.id] }).closed
      match(host.claim(first.id), /^run pid=.*\nrc=3 from=\S+ to=\S+ \.\ndone {2048}\n$/)
      partialDeepStrictEqual(await host.stateOf(first.id), {
        kind: 'exited',
        status: { exitCode: 3, signal: null },
        endedByItself: true,
        hasKept: false,
      })
      deepEqual(await host.start('true', { id: first.id }).answer, { kind: 'claimed', state: 'exited' })
    })

    test('a forgotten run without a status had begun all the same', async () => {
      const id = aRunId()
      writeFileSync(join(host.spool, id), 'run pid=77 start=1 boot=- cg=-\n')
      const empty = aRunId()
      writeFileSync(join(host.spool, empty), '')
      await host.run(probeCommand([], { plant: false, output: false, forget: [id, empty] }))
      for (const run of [id, empty]) {
        deepEqual((await host.probe([{ id: run, trace: null }], true)).get(run), { kind: 'gone' })
        deepEqual(await host.start('true', { id: run }).answer, { kind: 'claimed', state: 'begun' })
      }
    })

    test('a claim that says nothing yet takes a tombstone, after which it cannot begin', async () => {
      const id = aRunId()
      writeFileSync(join(host.spool, id), '')
      deepEqual(await host.stateOf(id), { kind: 'unclaimed' })
      deepEqual((await host.probe([{ id, trace: null }], true)).get(id), { kind: 'never-started' })
      equal(host.claim(id), 'never\n')
      const other = aRunId()
      writeFileSync(join(host.spool, other), '')
      deepEqual(await host.kill({ id: other, trace: null }), { kind: 'none', guarded: true, status: null })
      equal(host.claim(other), 'never\n')
    })

    test('a tombstone that comes after the run has begun is none', async () => {
      const session = host.start('exec sleep 30')
      await until('it runs', () => host.alive(session.id).length > 0)
      appendFileSync(join(host.spool, session.id), 'never\n')
      equal((await host.stateOf(session.id))?.kind, 'running')
      equal((await host.kill({ id: session.id, trace: null }))?.kind, 'ended')
      deepEqual(host.alive(session.id), [])
    })

    test('a start that nobody listens to any more when it answers carries its command out all the same', async () => {
      const session = host.start('echo said; exit 3', { keepOutput: true })
      session.cut()
      const isOver = (kind = '') => ['exited', 'gone'].includes(kind)
      await until('its end is known', async () => isOver((await host.stateOf(session.id))?.kind))
      equal((await host.stateOf(session.id))?.kind, 'exited')
      const kept = join(host.spool, `${session.id}.out`)
      await until('all that it printed is kept', () => readFileSync(kept, 'utf8') === 'said\n')
    })

    test('a running run is found with the trace its start told, though that was lost', async () => {
      const session = host.start('sleep 30')
      const answer = await session.answer
      ok(answer?.kind === 'started')
      deepEqual(await host.stateOf(session.id), { kind: 'running', trace: answer.trace })
      await host.kill({ id: session.id, trace: null })
    })

    test('E9: a run of an earlier boot is rebooted, one whose supervisor was killed is gone', async () => {
      const old = aRunId()
      writeFileSync(join(host.spool, old), 'run pid=77 start=1 boot=b0000000-0000-4000-8000-000000000000 cg=-\n')
      const stateAt = async (ageMs: number | null) => (await host.probe([{ id: old, trace: null, ageMs }])).get(old)
      deepEqual(await stateAt(1e12), { kind: 'rebooted' })
      // It has been up for longer than the run is old: another machine.
      for (const ageMs of [0, null]) deepEqual(await stateAt(ageMs), { kind: 'elsewhere' })
      deepEqual(await host.kill({ id: old, trace: null, ageMs: 0 }), { kind: 'elsewhere' })
      equal((await host.kill({ id: old, trace: null, ageMs: 1e12 }))?.kind, 'none')
      const session = host.start('sleep 30')
      await until('it runs', () => host.alive(session.id).length > 0)
      for (const pid of [...host.watching(session.id), ...host.alive(session.id)]) killIfThere(pid)
      await until('all are dead', () => host.alive(session.id).length + host.watching(session.id).length === 0)
      deepEqual(await host.stateOf(session.id), { kind: 'gone' })
    })

    test('a run whose supervisor was killed still runs while its command does', async () => {
      const session = host.start('exec sleep 30')
      await until('it runs', () => host.alive(session.id).length > 0)
      for (const pid of host.watching(session.id)) killIfThere(pid)
      equal((await host.stateOf(session.id))?.kind, 'running')
      equal((await host.kill({ id: session.id, trace: null }))?.kind, 'ended')
    })

    test('many runs are asked about at once, each answered', async () => {
      const session = host.start('sleep 30')
      await session.answer
      const runs = [...Array.from({ length: 200 }, aRunId), session.id].map((id) => ({ id, trace: null }))
      const states = await host.probe(runs, true)
      equal(states.size, 201)
      equal(states.get(session.id)?.kind, 'running')
      await host.kill({ id: session.id, trace: null })
    })

    test('old claims are swept by one start in 256', async () => {
      const [week, day, today] = [aRunId(), aRunId(), aRunId()]
      const unasked = 'run pid=77 start=1 boot=- cg=-\nrc=0 .\n'
      writeFileSync(join(host.spool, week), unasked)
      writeFileSync(join(host.spool, day), unasked)
      writeFileSync(join(host.spool, today), unasked)
      await host.run(probeCommand([], { plant: false, output: false, forget: [day] }))
      const ago = (days: number) => Date.now() / 1000 - days * 86_400
      utimesSync(join(host.spool, week), ago(8), ago(8))
      utimesSync(join(host.spool, day), ago(2), ago(2))
      utimesSync(join(host.spool, today), ago(2), ago(2))
      await host.start('true', { id: `${aRunId().slice(0, 30)}00` }).closed
      await until('they are gone', () => !host.files().includes(week) && !host.files().includes(day))
      ok(host.files().includes(today))
    })

    test('kept output is delivered by a probe, and gone once forgotten', async () => {
      const go = host.path(`go-${sh}`)
      const command = `echo first; echo error >&2; until [ -e ${go} ]; do sleep 0.02; done; head -c 200000 /dev/zero | tr "\\\\0" x; echo last`
      const session = host.start(command, { keepOutput: true })
      await session.answer
      session.cut()
      writeFileSync(go, '')
      await until('it ended', async () => (await host.stateOf(session.id))?.kind === 'exited')
      await until('all is written', () => host.watching(session.id).length === 0)
      const text = await host.run(
        probeCommand([{ id: session.id, trace: null }], { plant: false, output: true, forget: [] }),
      )
      match(text, new RegExp(`^RCRONO ${session.id} out 65536\\nfirst\\nx+`, 'm'))
      match(text, new RegExp(`RCRONO ${session.id} out.tail 65536\\nx+last\\n`))
      match(text, new RegExp(`RCRONO ${session.id} err 6\\nerror\\n`))
      await host.run(probeCommand([], { plant: false, output: false, forget: [session.id] }))
      deepEqual(
        host.files().filter((name) => name.startsWith(`${session.id}.`)),
        [],
      )
    })
  })
}

test('E9: a home that cannot be written leaves the claim in a private directory of /var/tmp', async () => {
  const host = new RemoteHost()
  try {
    mkdirSync(join(host.home, '.local'))
    writeFileSync(join(host.home, '.local/state'), 'no directory')
    const session = host.start('exit 4')
    const answer = await session.answer
    equal(answer?.kind === 'started' && answer.spool, 'tmp')
    await session.closed
    equal(statSync(host.otherSpool).mode & 0o777, 0o700)
    equal((await host.stateOf(session.id))?.kind, 'exited')
    equal((await host.start('true', { id: session.id }).answer)?.kind, 'claimed')
    rmSync(join(host.home, '.local/state'))
    equal((await host.start('true', { id: session.id }).answer)?.kind, 'claimed')
  } finally {
    host.end()
  }
})

test('a second start that finds another place free is refused, and does not hide the first', async () => {
  const host = new RemoteHost()
  try {
    mkdirSync(join(host.home, '.local'))
    writeFileSync(join(host.home, '.local/state'), 'no directory')
    const session = host.start('exec sleep 30')
    await until('it runs', () => host.alive(session.id).length > 0)
    rmSync(join(host.home, '.local/state'))
    deepEqual(await host.start('true', { id: session.id }).answer, { kind: 'claimed', state: 'begun' })
    equal((await host.stateOf(session.id))?.kind, 'running')
    equal((await host.kill({ id: session.id, trace: null }))?.kind, 'ended')
    deepEqual(host.alive(session.id), [])
  } finally {
    host.end()
  }
})

test('E9: both places on full disks: what rcron was told finds the run, and its end is confirmed', async () => {
  requireRoot('mounts small disks')
  const disks = new RemoteHost()
  const state = disks.path('full')
  mkdirSync(state)
  const host = new RemoteHost({ env: { XDG_STATE_HOME: state } })
  mkdirSync(host.otherSpool, { mode: 0o700 })
  const mounts = [state, host.otherSpool]
  for (const path of mounts) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'none', path])
  try {
    mkdirSync(join(state, 'rcron'), { mode: 0o700 })
    for (const path of mounts) execFileSync('sh', ['-c', `cat /dev/zero >${path}/filler 2>/dev/null; :`])
    const session = host.start('exec env -i /bin/sleep 30')
    const answer = await session.answer
    ok(answer?.kind === 'started')
    equal(answer.spool, 'none')
    const { id } = session
    const { trace } = answer
    equal((await host.probe([{ id, trace }])).get(id)?.kind, 'running')
    deepEqual(await host.start('true', { id }).answer, { kind: 'claimed', state: 'begun' })
    equal((await host.kill({ id, trace }, 500))?.kind, 'ended')
    equal((await session.exited).code, 143)
    deepEqual((await host.probe([{ id, trace }])).get(id), { kind: 'gone' })
  } finally {
    for (const path of mounts) execFileSync('umount', ['--lazy', path])
    host.end()
    disks.end()
  }
})

test('a directory in /var/tmp that is not ours alone is not used, and the command runs all the same', async () => {
  requireRoot('makes a directory of another user')
  for (const prepare of [
    (host: RemoteHost) => mkdirSync(host.otherSpool, { mode: 0o755 }),
    (host: RemoteHost) => symlinkSync(host.home, host.otherSpool),
    (host: RemoteHost) => execFileSync('install', ['-d', '-m', '700', '-o', 'nobody', host.otherSpool]),
  ]) {
    const host = new RemoteHost({ env: { XDG_STATE_HOME: '/dev/null' } })
    try {
      prepare(host)
      const session = host.start('exit 4')
      const answer = await session.answer
      equal(answer?.kind === 'started' && answer.spool, 'none')
      equal((await session.exited).code, 4)
      const { id } = session
      deepEqual((await host.probe([{ id, trace: null }], true)).get(id), { kind: 'unclaimed' })
      equal((await host.kill({ id, trace: null }))?.kind, 'none')
    } finally {
      host.end()
    }
  }
})

test('E9: a full disk costs the claim its first place, not the run', async () => {
  requireRoot('mounts a small disk')
  const host = new RemoteHost()
  const state = host.path('full')
  mkdirSync(state)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', state])
  const there = new RemoteHost({ env: { XDG_STATE_HOME: state } })
  try {
    mkdirSync(join(state, 'rcron'), { mode: 0o700 })
    execFileSync('sh', ['-c', `cat /dev/zero >${state}/filler 2>/dev/null; :`])
    const session = there.start('echo out; exit 4')
    const answer = await session.answer
    equal(answer?.kind === 'started' && answer.spool, 'tmp')
    equal((await session.exited).code, 4)
    equal((await there.stateOf(session.id))?.kind, 'exited')
    equal((await there.start('true', { id: session.id }).answer)?.kind, 'claimed')
  } finally {
    there.end()
    execFileSync('umount', [state])
    host.end()
  }
})

test('E3: start files that print before the preamble are passed by', async () => {
  const host = new RemoteHost({ env: { BASH_ENV: '/dev/null' } })
  try {
    writeFileSync(host.path('noise'), 'printf "welcome\\nRCRON1 not this one\\nno newline"\n')
    const noisy = new RemoteHost({ env: { BASH_ENV: host.path('noise') } })
    try {
      const session = noisy.start('exec /bin/echo ok')
      equal((await session.answer)?.kind, 'started')
      await session.closed
      match(session.stdout(), /ok\n$/)
      equal((await noisy.stateOf(session.id))?.kind, 'exited')
    } finally {
      noisy.end()
    }
  } finally {
    host.end()
  }
})
