import { deepEqual, equal } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { formatLocal, parseTime } from '../../src/schedule/local-time.ts'
import { nextMinutes } from '../../src/schedule/next-minutes.ts'
import { parseExpression } from '../../src/schedule/parse/parse-expression.ts'
import { zoneOf } from '../../src/schedule/timezone.ts'
import { isDue } from '../support/is-due.ts'

type Vector = {
  readonly id: string
  readonly expr: string
  readonly cronie: 'agrees' | 'rejects'
  readonly tz?: string
  readonly from?: string
  readonly next?: readonly string[]
  readonly at?: string
  readonly matches?: boolean
}

const vectors = readFileSync(new URL('cron-vectors.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector)

test('there are 59 examples', () => equal(vectors.length, 59))

for (const { id, expr, cronie, tz = 'UTC', from, next, at, matches } of vectors) {
  test(`${id}: ${expr} ${cronie === 'rejects' ? 'is refused' : `in ${tz}`}`, () => {
    const { schedule, findings } = parseExpression(expr)
    if (cronie === 'rejects') {
      equal(schedule, null)
      equal(findings[0]?.severity, 'error')
      return
    }
    if (schedule === null) throw new Error(JSON.stringify(findings))
    const zone = zoneOf(tz)
    const minute = parseTime(from ?? at ?? '', zone)
    if (minute === null) throw new Error(`${from ?? at} is no time`)
    if (next === undefined) return equal(isDue(schedule, zone, minute), matches)
    const found = nextMinutes(schedule, zone, minute, Math.max(next.length, 1))
    deepEqual(
      found.map((it) => formatLocal(it, zone)),
      next,
    )
  })
}
