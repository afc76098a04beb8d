import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { isTimezone } from '../../src/domain/timezone-name.ts'

const NAMES: Readonly<Record<string, boolean>> = {
  UTC: true,
  'Europe/Berlin': true,
  'europe/berlin': true,
  'US/Eastern': true,
  'Etc/GMT+5': true,
  'Antarctica/Troll': true,
  '': false,
  '+02:00': false,
  'Europe/Nowhere': false,
  'Europe/Berlin ': false,
  '../etc/passwd': false,
}
for (const [name, isOne] of Object.entries(NAMES)) {
  test(`${JSON.stringify(name)} is ${isOne ? 'a' : 'no'} time zone, however often that is asked`, () => {
    for (let time = 0; time < 2; time += 1) equal(isTimezone(name), isOne)
  })
}
