import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { addMinutes } from '../../../src/domain/minute.ts'
import { judgeFirings } from './judge-firings.ts'
import { judgeRuns } from './judge-runs.ts'
import { A, B, evidence, NEXT_MINUTE, rulesOf, seen, told } from './synthetic-evidence.ts'

const LIVED = { ends: [], lastSign: 300, lastSignOfAny: 300 }
const KILLED = { outcome: 'killed', exitCode: null, by: 'clobber', job: 'clobber', at: 1400 }
const TIMED_OUT = { outcome: 'timed-out', exitCode: null, job: 'late' }
const CALLED_OFF = { outcome: 'killed', exitCode: null, by: 'shutdown' }
const UNREACHABLE = { outcome: 'unreachable', exitCode: null }

const SINGLE = [
  { says: 'a success that its host saw', run: seen(), ends: [told()], rules: [] },
  { says: 'a command that began twice', run: seen({ starts: [100, 200] }), ends: [told()], rules: ['started twice'] },
  { says: 'a run without an outcome', run: seen(), ends: [], rules: ['forgotten'] },
  {
    says: 'two outcomes that differ',
    run: seen(),
    ends: [told(), told(UNREACHABLE)],
    rules: ['contradicted', 'told twice'],
  },
  {
    says: 'the same outcome from the next daemon',
    run: seen(),
    ends: [told(), told({ teller: 1, at: 900 })],
    rules: [],
  },
  {
    says: 'a success of what failed',
    run: seen({ ends: [{ at: 400, status: 2 }] }),
    ends: [told()],
    rules: ['untrue'],
  },
  { says: 'a success of what did not end', run: seen(LIVED), ends: [told()], rules: ['untrue'] },
  { says: 'another exit code', run: seen(), ends: [told({ outcome: 'failed', exitCode: 3 })], rules: ['untrue'] },
  { says: 'unreachable, and it began', run: seen(), ends: [told(UNREACHABLE)], rules: ['untrue'] },
  {
    says: 'lost, and it could be asked',
    run: seen(),
    ends: [told({ ...UNREACHABLE, outcome: 'lost' })],
    rules: ['untrue'],
  },
  { says: 'a clobber of what lived', run: seen({ ...LIVED, job: 'clobber' }), ends: [told(KILLED)], rules: [] },
  {
    says: 'a clobber of what had ended before',
    run: seen({ job: 'clobber' }),
    ends: [told(KILLED)],
    rules: ['untrue'],
  },
  { says: 'no time left', run: seen({ ...LIVED, job: 'late' }), ends: [told(TIMED_OUT)], rules: [] },
  {
    says: 'no time left for what ended in time',
    run: seen({ job: 'late', ends: [{ at: 200, status: 0 }] }),
    ends: [told(TIMED_OUT)],
    rules: ['untrue'],
  },
  {
    says: 'a clobber of a job that is never clobbered',
    run: seen(LIVED),
    ends: [told({ ...KILLED, job: 'walk' })],
    rules: ['untrue'],
  },
  {
    says: 'a clobber before the next minute began',
    run: seen({ ...LIVED, job: 'clobber' }),
    ends: [told({ ...KILLED, at: 900 })],
    rules: ['untrue'],
  },
  {
    says: 'killed by nobody that is there',
    run: seen({ ...LIVED, job: 'clobber' }),
    ends: [told({ ...KILLED, by: 'operator' })],
    rules: ['untrue'],
  },
  { says: 'called off by a daemon that stops', run: null, ends: [told({ ...CALLED_OFF, at: 10_001 })], rules: [] },
  { says: 'called off by a daemon that goes on', run: null, ends: [told(CALLED_OFF)], rules: ['untrue'] },
  {
    says: 'no time left for what has all the time it wants',
    run: seen(LIVED),
    ends: [told({ ...TIMED_OUT, job: 'walk' })],
    rules: ['untrue'],
  },
  {
    says: 'no time left before its time was over',
    run: seen({ job: 'late', starts: [10], ends: [], lastSign: 100, lastSignOfAny: 100 }),
    ends: [told({ ...TIMED_OUT, at: 150 })],
    rules: ['untrue'],
  },
  { says: 'alive after its end', run: seen({ lastSign: 700 }), ends: [told()], rules: ['alive'] },
  { says: 'a child that outlives what ended by itself', run: seen({ lastSignOfAny: 700 }), ends: [told()], rules: [] },
  {
    says: 'a child that outlives what was killed',
    run: seen({ ...LIVED, job: 'clobber', lastSignOfAny: 1700 }),
    ends: [told(KILLED)],
    rules: ['alive'],
  },
  {
    says: 'a signal nobody sent',
    run: seen(LIVED),
    ends: [told({ ...UNREACHABLE, outcome: 'signaled', signal: 'SIGTERM' })],
    rules: ['untrue'],
  },
] as const

for (const { says, run, ends, rules } of SINGLE) {
  test(`one run: ${says}`, () => {
    deepEqual(rulesOf(judgeRuns(evidence(run === null ? [] : [run], ends))), rules)
  })
}

const AGAIN = told({ teller: 1, at: 2000 })
const TOLD_AGAIN = [
  { says: 'by the next process, the first killed at once', more: { kills: new Map([[0, 900]]) }, rules: [] },
  { says: 'and the first was not killed', more: { kills: new Map<number, number>() }, rules: ['told twice'] },
  { says: 'and the first lived on for long', more: { kills: new Map([[0, 1900]]) }, rules: ['told twice'] },
  {
    says: 'and the first, whose lock could not be removed, lived on for long',
    more: { kills: new Map([[0, 1900]]), diskFaults: [{ from: 300, until: 1800 }] },
    rules: [],
  },
  { says: 'before the first was killed', more: { kills: new Map([[0, 2500]]) }, rules: ['told twice'] },
]
for (const { says, more, rules } of TOLD_AGAIN) {
  test(`one run told again ${says}`, () => {
    deepEqual(rulesOf(judgeRuns(evidence([seen()], [told(), AGAIN], more))), rules)
  })
}

const BY_HAND = [
  { says: 'comes within the minute', at: 700, firedAt: null, rules: [] },
  { says: 'was asked for before the minute, and takes until within it to begin', at: -50, firedAt: 950, rules: [] },
  { says: 'had fired before the minute', at: -50, firedAt: -10, rules: ['untrue'] },
] as const

for (const { says, at, firedAt, rules } of BY_HAND) {
  test(`a clobber by hand ${says}`, () => {
    const minute = addMinutes(NEXT_MINUTE, -1000)
    const facts = evidence([seen({ ...LIVED, job: 'clobber' })], [told({ ...KILLED, at: 900 })], {
      byHand: [{ job: 'clobber', minute, at, until: 1500 }],
      tale: { firstToldAt: new Map(firedAt === null ? [] : [[`clobber ${minute}`, firedAt]]) },
    })
    deepEqual(rulesOf(judgeRuns(facts)), rules)
  })
}

const UNTOLD = [
  { says: 'its process was killed, and no lock could be written', more: {}, rules: [] },
  { says: 'the process lives on', more: { kills: new Map() }, rules: ['forgotten'] },
  { says: 'the disk was well', more: { diskFaults: [] }, rules: ['forgotten'] },
  { says: 'the disk was well again as it began', more: { diskFaults: [{ from: -3000, until: -900 }] }, rules: [] },
  { says: 'the disk had long been well', more: { diskFaults: [{ from: -9000, until: -6000 }] }, rules: ['forgotten'] },
  {
    says: 'that was another job',
    more: { tale: { unlocked: [{ job: 'late', teller: 0, at: 50 }] } },
    rules: ['forgotten'],
  },
]
for (const { says, more, rules } of UNTOLD) {
  test(`one run that is never told: ${says}`, () => {
    const facts = {
      kills: new Map([[0, 300]]),
      diskFaults: [{ from: 0, until: 200 }],
      tale: { unlocked: [{ job: 'walk', teller: 0, at: 50 }] },
      ...more,
    }
    deepEqual(rulesOf(judgeRuns(evidence([seen()], [], facts))), rules)
  })
}

for (const [says, teller, rules] of [
  ['by the process that begins its minute once more, is a guess', 1, []],
  ['by its own process, is judged', 0, ['untrue']],
] as const) {
  test(`what is told of a run that its host alone knows, ${says}`, () => {
    const facts = evidence([seen()], [told({ outcome: 'unreachable', exitCode: null, teller })], {
      kills: new Map([[0, 300]]),
      diskFaults: [{ from: 0, until: 200 }],
      tale: { unlocked: [{ job: 'walk', teller: 0, at: 50 }] },
    })
    deepEqual(rulesOf(judgeRuns(facts)), rules)
  })
}

test('a run that was said to have started, and never had an end', () => {
  const tale = { begun: new Set([A]) }
  deepEqual(rulesOf(judgeRuns(evidence([], [], { tale }))), ['forgotten'])
})

const NEXT = seen({ id: B, starts: [600], ends: [{ at: 900, status: 0 }], lastSign: 900, lastSignOfAny: 900 })
const FAILED = { ends: [{ at: 400, status: 2 }] }
const PAIRS = [
  {
    says: 'on to the next host after a failure',
    first: seen(FAILED),
    end: told({ outcome: 'failed', exitCode: 2 }),
    next: told({ cron: 2 }),
    rules: [],
  },
  {
    says: 'on to the next host after a success',
    first: seen(),
    end: told(),
    next: told({ cron: 2 }),
    rules: ['carried out twice'],
  },
  {
    says: 'on to the next host after a signal',
    first: seen(LIVED),
    end: told({ outcome: 'signaled', exitCode: null, signal: 'SIGTERM' }),
    next: told({ cron: 2 }),
    rules: [],
  },
  {
    says: 'the next minute after a success',
    first: seen(),
    end: told(),
    next: told({ minute: NEXT_MINUTE }),
    rules: [],
  },
  {
    says: 'the same cron again in one minute',
    first: seen(FAILED),
    end: told({ outcome: 'failed', exitCode: 2 }),
    next: told(),
    rules: ['repeated'],
  },
  {
    says: 'beside one that is alive',
    first: seen({ ...FAILED, lastSign: 800 }),
    end: told({ outcome: 'failed', exitCode: 2 }),
    next: told({ cron: 2 }),
    rules: ['overlap'],
  },
  {
    says: 'beside a child of one that was killed',
    first: seen({ ...LIVED, lastSignOfAny: 800 }),
    end: told({ outcome: 'timed-out', exitCode: null }),
    next: told({ cron: 2 }),
    rules: ['overlap'],
  },
  {
    says: 'beside a child of one that ended by itself',
    first: seen({ ...FAILED, lastSignOfAny: 800 }),
    end: told({ outcome: 'failed', exitCode: 2 }),
    next: told({ cron: 2 }),
    rules: [],
  },
] as const

for (const { says, first, end, next, rules } of PAIRS) {
  test(`two runs: ${says}`, () => {
    const facts = evidence([first, NEXT], [end, { ...next, run: B, at: 1000 }])
    deepEqual(rulesOf(judgeFirings(facts)), rules)
  })
}
