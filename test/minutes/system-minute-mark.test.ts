import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { installationId } from '../../src/dispatch/system-installation-id.ts'
import { addMinutes, type Minute } from '../../src/domain/minute.ts'
import { MinuteBook } from '../../src/minutes/minute-book.ts'
import { type Mark, NO_MARK, NOTHING_MISSED } from '../../src/minutes/minute-mark.ts'
import { SystemMinuteMark } from '../../src/minutes/system-minute-mark.ts'
import { minute, RecordingLog } from '../support/builders.ts'
import { HandClock } from '../support/hand-clock.ts'

const NOON = '2026-03-01T12:00:00Z'
const noon = minute(NOON)

function places(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-mark-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const [stateDirectory, secondDirectory] = [join(directory, 'state'), join(directory, 'second')]
  mkdirSync(stateDirectory)
  mkdirSync(secondDirectory)
  return { stateDirectory, secondDirectory, file: join(stateDirectory, 'minute-mark.json') }
}

function aMark({ stateDirectory, secondDirectory }: { stateDirectory: string; secondDirectory: string }) {
  const [clock, log] = [new HandClock(NOON), new RecordingLog()]
  return { clock, log, mark: new SystemMinuteMark({ stateDirectory, secondDirectory, clock, log }) }
}

const upTo = (last: Minute): Mark => ({
  planned: [{ from: addMinutes(last, -10), to: last }],
  last,
  open: [last],
  unreported: NOTHING_MISSED,
})

/** A state directory that takes no writes and no new files, for root neither. */
function takeAway(directory: string): void {
  rmSync(directory, { recursive: true })
  writeFileSync(directory, 'in the way')
}

test('what was saved is what is loaded', async (t) => {
  const where = places(t)
  deepEqual(await aMark(where).mark.load(), NO_MARK)
  await aMark(where).mark.save(upTo(noon))
  deepEqual(await aMark(where).mark.load(), upTo(noon))
  equal(statSync(where.file).mode & 0o777, 0o600)
})

test('what was missed stays unreported across restarts until it is reported; a mark of an earlier rcron has none', async (t) => {
  const where = places(t)
  const missed = { minutes: [{ from: addMinutes(noon, 1), to: addMinutes(noon, 54) }], more: false }
  const first = await MinuteBook.open({ ...aMark(where), catchUpMinutes: 5 })
  await first.plan(noon)
  deepEqual((await first.plan(addMinutes(noon, 60))).missed, missed)
  const second = await MinuteBook.open({ ...aMark(where), catchUpMinutes: 5 })
  const again = await second.plan(addMinutes(noon, 60))
  deepEqual(again, { due: [], missed })
  deepEqual((await second.plan(addMinutes(noon, 61))).missed, NOTHING_MISSED)
  await second.reported(again.missed)
  deepEqual((await aMark(where).mark.load()).unreported, NOTHING_MISSED)

  const { unreported, ...earlier } = JSON.parse(readFileSync(where.file, 'utf8'))
  deepEqual(unreported, NOTHING_MISSED)
  writeFileSync(where.file, JSON.stringify(earlier))
  deepEqual((await aMark(where).mark.load()).unreported, NOTHING_MISSED)
})

test('a torn mark is moved aside, and the time of its file stands in for it', async (t) => {
  const where = places(t)
  await aMark(where).mark.save(upTo(noon))
  writeFileSync(where.file, readFileSync(where.file, 'utf8').slice(0, 40))
  const changed = new Date('2026-03-01T11:59:20Z')
  utimesSync(where.file, changed, changed)
  const { mark, log } = aMark(where)
  const book = await MinuteBook.open({ mark, catchUpMinutes: 5, log })
  deepEqual((await book.plan(noon)).due, [noon])
  ok(readdirSync(where.stateDirectory).some((name) => name.startsWith('minute-mark.json.bad-')))
  equal(log.of('error').length, 1)
})

test('a full disk: the mark is rewritten in place', (t) => {
  const { stateDirectory } = places(t)
  // A small disk in a mount namespace of its own, which a user may have as well as root.
  const mounted = 'mount -t tmpfs -o size=64k rcron-test "$1" && exec "$2" "$3" "$1"'
  const inNamespace = ['--mount', '--map-root-user', 'sh', '-c', mounted, 'sh']
  const filling = join(import.meta.dirname, 'process/full-disk.ts')
  const answer = execFileSync('unshare', [...inNamespace, stateDirectory, process.execPath, filling], {
    encoding: 'utf8',
  })
  deepEqual(JSON.parse(answer), { full: 'ENOSPC', minutes: 1 })
})

test('a state directory that takes no writes: the second place keeps the mark, and both are joined', async (t) => {
  const where = places(t)
  await aMark(where).mark.save(upTo(noon))
  const kept = readFileSync(where.file)
  const { mark, log } = aMark(where)
  const book = await MinuteBook.open({ mark, catchUpMinutes: 5, log })
  takeAway(where.stateDirectory)
  const next = addMinutes(noon, 1)
  deepEqual((await book.plan(next)).due, [next])
  deepEqual(log.of('alarm'), [])
  rmSync(where.stateDirectory)
  mkdirSync(where.stateDirectory)
  writeFileSync(where.file, kept)
  const after = await MinuteBook.open({ ...aMark(where), catchUpMinutes: 5 })
  deepEqual((await after.plan(next)).due, [])
  deepEqual(after.interrupted, [next])
})

test('no place takes writes: rcron goes on with an alarm, and plans nothing again after a restart', async (t) => {
  const where = places(t)
  const { mark, log } = aMark(where)
  const book = await MinuteBook.open({ mark, catchUpMinutes: 5, log })
  await book.plan(addMinutes(noon, -2))
  takeAway(where.stateDirectory)
  takeAway(where.secondDirectory)
  deepEqual((await book.plan(noon)).due, [addMinutes(noon, -1), noon])
  equal(log.of('alarm').length, 1)
  await rejects(mark.save(upTo(noon)), /cannot write .*ENOTDIR/)

  const restarted = aMark(where)
  const after = await MinuteBook.open({ ...restarted, catchUpMinutes: 5 })
  deepEqual((await after.plan(noon)).due, [])
  deepEqual((await after.plan(addMinutes(noon, 1))).due, [addMinutes(noon, 1)])
  match(restarted.log.of('alarm')[0] ?? '', /^cannot write the minute mark/)
})

test('woken twice at once, a minute is handed out once', async (t) => {
  const book = await MinuteBook.open({ ...aMark(places(t)), catchUpMinutes: 5 })
  const plans = await Promise.all([book.plan(noon), book.plan(noon), book.plan(noon)])
  deepEqual(
    plans.flatMap(({ due }) => due),
    [noon],
  )
})

const script = join(import.meta.dirname, 'process/minute-daemon.ts')

async function planInProcess(where: ReturnType<typeof places>, instant: string, fate = '') {
  const args = [script, where.stateDirectory, where.secondDirectory, instant, fate]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  return await text(child.stdout)
}

test('killed between mark and dispatch: the minute is not planned again, and is known as interrupted', async (t) => {
  const where = places(t)
  equal(await planInProcess(where, NOON, 'dies before it dispatches'), '')
  deepEqual(JSON.parse(await planInProcess(where, NOON)), { due: [], interrupted: [noon], begun: [[]] })
  const next = await planInProcess(where, '2026-03-01T12:01:00Z')
  deepEqual(JSON.parse(next), { due: [noon + 1], interrupted: [], begun: [] })
})

test('F3: killed while some of a minute wait: what had begun of it is known, cron by cron, until the minute is told', async (t) => {
  const where = places(t)
  equal(await planInProcess(where, NOON, 'dies while some wait'), '')
  deepEqual(JSON.parse(await planInProcess(where, NOON)), { due: [], interrupted: [noon], begun: [[1, 20]] })
  await planInProcess(where, '2026-03-01T12:01:00Z')
  await planInProcess(where, '2026-03-01T12:02:00Z')
  deepEqual(
    readdirSync(where.stateDirectory).filter((name) => name.endsWith('.begun')),
    [],
  )
})

test('F3: what has begun is noted in the second place where the first takes no writes, and not at all with one error', async (t) => {
  const where = places(t)
  takeAway(where.stateDirectory)
  const before = aMark(where)
  const book = await MinuteBook.open({ ...before, catchUpMinutes: 5 })
  await book.plan(noon)
  await book.begun(noon, [7])
  deepEqual([...(await aMark(where).mark.begunIn(noon))], [7])

  await book.close(noon)
  deepEqual(readdirSync(where.secondDirectory), ['minute-mark.json'])
  takeAway(where.secondDirectory)
  await book.begun(noon, [8])
  await book.begun(noon, [9])
  deepEqual(before.log.of('error').slice(1), [
    'cannot record what begins; after a crash it would be reported as missed',
  ])
})

test('F3: a torn end of what had begun is not taken for another cron, and a link is not followed', async (t) => {
  const where = places(t)
  writeFileSync(join(where.stateDirectory, `minute-${noon}.begun`), '12\n345\n67')
  deepEqual([...(await aMark(where).mark.begunIn(noon))], [12, 345])
  symlinkSync('/etc/passwd', join(where.secondDirectory, `minute-${noon}.begun`))
  const { mark, log } = aMark(where)
  deepEqual([...(await mark.begunIn(noon))], [])
  deepEqual(log.of('error'), ['cannot read what had begun in a minute'])
})

test('of several processes that wake in one minute exactly one plans it', async (t) => {
  const where = places(t)
  const answers = await Promise.all([1, 2, 3].map(() => planInProcess(where, NOON)))
  deepEqual(
    answers.flatMap((answer) => JSON.parse(answer).due),
    [noon],
  )
})

test('the installation id is made once, and is the same after a restart even where it cannot be kept', (t) => {
  const where = places(t)
  const log = new RecordingLog()
  const id = installationId(where.stateDirectory, log)
  match(id, /^[0-9a-f]{32}$/)
  equal(installationId(where.stateDirectory, log), id)
  ok(installationId(where.secondDirectory, log) !== id)
  deepEqual(log.entries, [])
  takeAway(where.stateDirectory)
  const derived = installationId(where.stateDirectory, log)
  match(derived, /^[0-9a-f]{32}$/)
  equal(installationId(where.stateDirectory, log), derived)
  equal(log.of('error').length, 2)
})
