import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { judgeSilence, silentFirings } from './judge-silence.ts'
import { evidence, NOON, rulesOf, told } from './synthetic-evidence.ts'

const TOLD = ['walk', 'late', 'clobber'].map((job) => told({ job }))

test('a job of which nothing was told in a minute', () => {
  deepEqual(silentFirings(evidence([], TOLD)), [{ job: 'all', minute: NOON }])
})

const LIVES = [
  { says: 'through that minute', life: { number: 0, readyAt: -100, until: 1500, stoppingAt: null }, rules: ['silent'] },
  { says: 'to the end of that minute', life: { number: 0, readyAt: -100, until: 900, stoppingAt: null }, rules: [] },
  { says: 'from within that minute', life: { number: 0, readyAt: 100, until: 5000, stoppingAt: null }, rules: [] },
  { says: 'and never was ready', life: { number: 0, readyAt: null, until: 5000, stoppingAt: null }, rules: [] },
  { says: 'and never said anything', life: { number: 0, readyAt: -100, until: null, stoppingAt: null }, rules: [] },
]
for (const { says, life, rules } of LIVES) {
  test(`a silent job while a daemon lived ${says}`, () => {
    deepEqual(rulesOf(judgeSilence(evidence([], TOLD, { lives: [life] }))), rules)
  })
}
