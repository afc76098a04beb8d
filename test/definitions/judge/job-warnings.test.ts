import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileSnapshot } from '../../../src/definitions/compile-snapshot.ts'
import { nameSkeleton } from '../../../src/definitions/judge/name-skeleton.ts'
import { reportedOf } from '../../../src/domain/problem.ts'
import type { CronRow } from '../../../src/domain/rows.ts'
import { aCronRow, anAuth, aSystem } from '../../support/builders.ts'

function warnings(...rows: readonly Partial<CronRow>[]): readonly string[] {
  const crons = rows.map((row, index) => aCronRow({ id: index + 1, cron_name: 'dump', ...row }))
  const definitions = { auths: [anAuth()], systems: [aSystem(), aSystem({ id: 2, host: 'host2' })], crons }
  const { problems, crons: sound } = compileSnapshot({ definitions, problems: [], defaultTimezone: 'Europe/Berlin' })
  equal(sound.length, rows.length)
  return problems.map(reportedOf).map(({ severity, subject, message }) => `${severity}: ${subject}: ${message}`)
}

const differing: readonly (readonly [what: string, row: Partial<CronRow>, message: RegExp])[] = [
  [
    'schedule',
    { cron_hour: '4' },
    /schedule \(cron 2\), .* failover: each fires at its own times, so no host takes over/,
  ],
  ['time zone', { timezone: 'UTC' }, /time zone \(cron 2\), .*: each fires at its own times/],
  ['command', { cron_path: 'other' }, /command \(cron 2\), .*: what runs depends on the host/],
  ['time-out', { timeout_s: 5 }, /time-out \(cron 2\), .*: what runs depends on the host/],
  ['schedule and command', { cron_min: '1', cron_path: 'x' }, /schedule \(cron 2\) and command \(cron 2\)/],
]
for (const [what, row, message] of differing) {
  test(`a job whose crons differ in their ${what} is warned of, once`, () => {
    for (const action of [0, 1, 3]) {
      const found = warnings({ action, host: 1 }, { action, host: 2, ...row }, { action, host: 2, ...row })
      equal(found.length, 1)
      match(found[0] ?? '', /^warning: job "dump": its crons differ from cron 1 in /)
      match((found[0] ?? '').replace(/shuffle|clobber/, 'failover'), message)
    }
    deepEqual(warnings({ action: 2 }, { action: 2, host: 2, ...row }), [])
  })
}

test('what means the same is no difference, and neither is what may differ by host', () => {
  deepEqual(warnings({ cron_min: '05', timezone: 'Europe/Berlin' }, { cron_min: '5', host: 2 }), [])
  deepEqual(warnings({ kill_grace_s: 1, enabled: 0 }, { keep_output: 1 }), [])
})

const alike: readonly (readonly [one: string, other: string, difference: string])[] = [
  ['Nightly dump', 'nightly dump', 'by upper and lower case'],
  ['invoices', 'invoices ', 'by its spaces'],
  ['a  b', 'a b', 'by its spaces'],
  ['invoices', 'invoices\u00a0', 'by U+00A0 (no-break space)'],
  ['invoices', 'in\u200bvoices', 'by U+200B (zero-width space)'],
  ['backup', 'b\u0430ckup', 'by U+0430'],
  ['db-dump', 'db–dump', 'by U+2013'],
  ['ＡＢ', 'ab', 'by upper and lower case'],
]
for (const [one, other, difference] of alike) {
  test(`the names ${JSON.stringify(one)} and ${JSON.stringify(other)} look alike: warned of`, () => {
    const found = warnings({ cron_name: one }, { cron_name: other }).filter((text) => text.includes('looks like'))
    const [first] = found
    equal(found.length, 1)
    equal(
      first,
      `warning: job ${JSON.stringify(one)}: looks like ${JSON.stringify(other)} (${difference})but is a different job: each of them runs separately`,
    )
  })
}

test('names that can be told apart are not warned of', () => {
  const names = ['dump', 'dump2', 'dump-2', 'dump 2', 'dumps', 'Übung', 'Ubung', 'резерв', '日本']
  deepEqual(warnings(...names.map((cron_name) => ({ cron_name }))), [])
})

test('a name that cannot be typed as it looks is warned of', () => {
  match(warnings({ cron_name: ' dump' })[0] ?? '', /cron 1 \( dump\): begins or ends with a space/)
  match(
    warnings({ cron_name: 'du\u202emp' })[0] ?? '',
    /contains U\+202E \(right-to-left override\), which is invisible/,
  )
})

test('what is left of a name is the same whatever its case and blanks are', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      equal(nameSkeleton(` ${name.toUpperCase()}\t`), nameSkeleton(name.toUpperCase()))
      equal(nameSkeleton(nameSkeleton(name)), nameSkeleton(name))
    }),
  )
})
