import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { reviewZones } from '../../src/app/zone-rules.ts'
import type { Minute } from '../../src/domain/minute.ts'
import { machineOffsets } from '../../src/platform/machine-zone-rules.ts'
import { zoneOf } from '../../src/schedule/timezone.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z')
const offsetIn = (zone: string, minute: number) => zoneOf(zone).periodAt(minute as Minute).offset

test('rules that the machine has otherwise are warned of, with the first day', async () => {
  // This machine has not heard that the zone gives up its summer time.
  const ask = async (zone: string, minutes: readonly number[]) =>
    minutes.map((minute) => (minute < Date.parse('2027-03-01') / 60_000 ? offsetIn(zone, minute) : 0))
  const problems = await reviewZones(['Europe/Lisbon', 'Europe/London', 'Africa/Abidjan'], NOW, ask)
  equal(problems.length, 2)
  deepEqual(problems[0]?.about, { kind: 'time zone', name: 'Europe/Lisbon' })
  match(problems[0]?.message ?? '', /from 2027-03-\d\d on, rcron \(tzdata \d{4}[a-z]+\) and this machine \(tzdata /)
})

test('a zone that the machine does not know is passed over', async () => {
  deepEqual(await reviewZones(['Europe/Lisbon'], NOW, async () => null), [])
})

test('the machine is asked by its C library', async () => {
  const summer = Date.parse('2026-07-01T12:00:00Z') / 60_000
  deepEqual(await machineOffsets('Asia/Kolkata', [summer]), [330])
  deepEqual(await machineOffsets('America/New_York', [summer, summer + 184 * 1440]), [-240, -300])
  equal(await machineOffsets('Mars/Olympus', [summer]), null)
})
