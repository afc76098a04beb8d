import { deepEqual, equal } from 'node:assert/strict'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { addMinutes } from '../../src/domain/minute.ts'
import { SystemFiringLedger } from '../../src/minutes/system-firing-ledger.ts'
import { minute, RecordingLog } from '../support/builders.ts'
import { HandClock } from '../support/hand-clock.ts'

const noon = minute('2026-03-01T12:00:00Z')
const hour = { minutes: [{ from: noon, to: addMinutes(noon, 59) }], boot: null }
const GONE = { pid: 1, start: '1', boot: 'an earlier one' }

function places(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-ledger-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const directories = [join(directory, 'state'), join(directory, 'second')] as const
  for (const each of directories) mkdirSync(each)
  return directories
}

function aLedger(directories: readonly string[], holder?: typeof GONE) {
  const log = new RecordingLog()
  return {
    log,
    ledger: new SystemFiringLedger({ directories, clock: new HandClock(0), log, ...(holder && { holder }) }),
  }
}

/** Of the first entry that was left: which of these crons had begun at noon. */
function begunAtNoon(directories: readonly string[], ...crons: readonly number[]): readonly number[] {
  const [left] = aLedger(directories).ledger.left()
  return crons.filter((cron) => left?.hasBegun(noon, cron))
}

test('what a process that has gone had begun is known to the next, and what is found of it is added', (t) => {
  const where = places(t)
  const entry = aLedger(where, GONE).ledger.open(hour)
  entry.begun(noon, [1, 20])
  const [name = ''] = readdirSync(where[0])
  equal(statSync(join(where[0], name)).mode & 0o777, 0o600)
  const { ledger, log } = aLedger(where)
  ledger.noteFound(noon, [3])
  ledger.noteFound(addMinutes(noon, 60), [4])
  deepEqual(begunAtNoon(where, 1, 2, 20, 3, 4), [1, 20, 3])
  const [left] = ledger.left()
  deepEqual([left?.minutes, left?.boot, left?.hasBegun(addMinutes(noon, 1), 1)], [hour.minutes, null, false])
  left?.remove()
  deepEqual([ledger.left(), log.entries], [[], []])
})

test('the entries of processes that are alive are left alone; one that is closed has gone', (t) => {
  const where = places(t)
  const own = aLedger(where)
  const entry = own.ledger.open({ ...hour, boot: 'this boot' })
  deepEqual([own.ledger.left(), aLedger(where).ledger.left()], [[], []])
  entry.close()
  deepEqual(readdirSync(where[0]), [])
})

test('a state directory that takes no writes: the second one keeps the entry; where none does, it is said, and the firings begin', (t) => {
  const where = places(t)
  rmSync(where[0], { recursive: true })
  writeFileSync(where[0], 'in the way')
  aLedger(where, GONE).ledger.open(hour).begun(noon, [7])
  deepEqual(begunAtNoon(where, 7), [7])
  rmSync(where[1], { recursive: true })
  writeFileSync(where[1], 'in the way')
  const { ledger, log } = aLedger(where, GONE)
  const entry = ledger.open(hour)
  entry.begun(noon, [8])
  entry.close()
  deepEqual(log.of('error'), ['cannot record which firings have begun; after a crash they would be reported as missed'])
})

test('a torn end is not taken for another cron; what is no entry is moved aside, and a link is not followed', (t) => {
  const where = places(t)
  aLedger(where, GONE).ledger.open(hour)
  const [name = ''] = readdirSync(where[0])
  appendFileSync(join(where[0], name), `${noon} 12\n${noon} 34`)
  deepEqual(begunAtNoon(where, 12, 34, 3), [12])
  rmSync(join(where[0], name))
  writeFileSync(join(where[0], 'firings-0123456789abcdef.begun'), 'not ours\n')
  symlinkSync('/etc/passwd', join(where[1], 'firings-fedcba9876543210.begun'))
  const { ledger, log } = aLedger(where)
  deepEqual([ledger.left(), log.of('error').length], [[], 2])
  deepEqual([ledger.left(), log.of('error').length], [[], 2])
  deepEqual(
    where.flatMap((each) => readdirSync(each)),
    ['firings-0123456789abcdef.begun', 'firings-fedcba9876543210.begun'].map(
      (name) => `${name}.bad-1970-01-01T000000.000Z`,
    ),
  )
})
