import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import type { LookupResult } from '../../../src/hosts/names/lookup-result.ts'
import { LibraryNames } from '../../../src/hosts/names/system-library-names.ts'
import { HandClock, settled } from '../../support/hand-clock.ts'

const absent: LookupResult = { kind: 'absent' }
const found: LookupResult = { kind: 'found', addresses: [{ address: '127.0.0.1', family: 4 }], ttlMs: 0 }

/** A library that answers when the test says so, and callers that wait 5 s each. */
function build() {
  const clock = new HandClock('2026-03-01T12:00:00Z')
  const asked: string[] = []
  const answers: ((answer: LookupResult) => void)[] = []
  let most = 0
  const lookup = async (name: string) => {
    asked.push(name)
    const { promise, resolve } = Promise.withResolvers<LookupResult>()
    answers.push(resolve)
    most = Math.max(most, answers.length)
    return await promise
  }
  const names = new LibraryNames({ clock, lookup, atOnce: 1 })
  const ask = (name: string, signal = new AbortController().signal) => names.ask(name, signal)
  const askInVain = (...dead: readonly string[]) => {
    const caller = new AbortController()
    for (const name of dead) void names.ask(name, caller.signal)
    return () => caller.abort()
  }
  const answer = async (with_: LookupResult) => {
    answers.shift()?.(with_)
    await settled()
  }
  return { clock, asked, ask, askInVain, answer, most: () => most }
}

test('one name at a time, and one look for all who ask for it', async () => {
  const { asked, ask, answer, most } = build()
  const both = Promise.all([ask('a'), ask('a'), ask('b')])
  await answer(found)
  await answer(absent)
  deepEqual(await both, [found, found, absent])
  deepEqual(asked, ['a', 'b'])
  equal(most(), 1)
})

test('names asked for again and again, whose askers have gone, wait once each', async () => {
  const { asked, askInVain, answer, clock } = build()
  for (let minute = 0; minute < 10; minute++) {
    askInVain('a', 'b', 'c')()
    await clock.advance(60_000)
  }
  for (let turn = 0; turn < 20; turn++) await answer(absent)
  deepEqual(asked, ['a', 'b', 'c'])
})

test('a name that somebody waits for goes before those whose askers have gone', async () => {
  const { asked, ask, askInVain, answer } = build()
  askInVain('dead1', 'dead2', 'dead3')()
  const live = ask('live')
  await answer(absent)
  await answer(found)
  deepEqual(await live, found)
  deepEqual(asked.slice(0, 2), ['dead1', 'live'])
})

test('a name that the library has known goes first, a new one next, those it did not know last', async () => {
  const { asked, ask, askInVain, answer, clock } = build()
  askInVain('live', 'dead')
  await answer(found)
  await answer(absent)
  await clock.advance(60_000)
  askInVain('under way', 'dead', 'new')
  const live = ask('live')
  for (let turn = 0; turn < 4; turn++) await answer(found)
  deepEqual(asked.slice(2), ['under way', 'live', 'new', 'dead'])
  deepEqual(await live, found)
})

test('an answer that came too late for its askers is there for the next, for a minute', async () => {
  const { asked, ask, askInVain, answer, clock } = build()
  askInVain('slow')()
  await clock.advance(6_000)
  await answer(found)
  await clock.advance(54_000)
  deepEqual(await ask('slow'), found)
  await clock.advance(6_000)
  void ask('slow')
  deepEqual(asked, ['slow', 'slow'])
})

test('a name that is not known is not looked up again for a minute', async () => {
  const { asked, ask, askInVain, answer, clock } = build()
  askInVain('dead')
  await answer(absent)
  await clock.advance(59_999)
  deepEqual(await ask('dead'), absent)
  deepEqual(asked, ['dead'])
})

test('a library that did not answer is asked again at once', async () => {
  const { asked, ask, answer } = build()
  const first = ask('a')
  await answer({ kind: 'silent', why: 'EAI_AGAIN' })
  equal((await first).kind, 'silent')
  void ask('a')
  deepEqual(asked, ['a', 'a'])
})

test('a name that nobody asks for any more is not looked up', async () => {
  const { asked, ask, askInVain, answer, clock } = build()
  askInVain('slow', 'removed')()
  await clock.advance(90_001)
  void ask('wanted')
  await answer(absent)
  deepEqual(asked, ['slow', 'wanted'])
})

test('a thousand names wait at most: those that somebody waits for push the others out, and no more', async () => {
  const { ask, askInVain } = build()
  const leave = askInVain(...Array.from({ length: 1_000 }, (_, n) => `n${n}`))
  const refused = await ask('one more')
  match(refused.kind === 'silent' ? refused.why : refused.kind, /^1000 other lookups are waiting$/)
  leave()
  let isAnswered = false
  void ask('one more').then(() => {
    isAnswered = true
  })
  await settled()
  equal(isAnswered, false)
})
