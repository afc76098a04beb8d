import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { EventFeed } from '../../src/control/act/event-feed.ts'
import type { FeedMessage, FeedReader } from '../../src/control/feed.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { someRunFacts } from '../support/run-facts.ts'

class Reader implements FeedReader {
  isBehind = false
  isOver = false
  readonly told: FeedMessage[] = []
  readonly ids: string[] = []

  send(message: FeedMessage, id?: string): void {
    this.told.push(message)
    if (id !== undefined) this.ids.push(id)
  }

  end(): void {
    this.isOver = true
  }

  get kinds() {
    return this.told.map(({ kind }) => kind)
  }
}

const started = (): RunEvent => ({ kind: 'started', at: 0, run: someRunFacts() })

test('a reader is told what happens from now on, each event with an id', () => {
  const feed = new EventFeed()
  feed.note(started())
  const reader = new Reader()
  const following = feed.follow(null, reader)
  feed.note(started())
  following[Symbol.dispose]()
  feed.note(started())
  deepEqual(reader.kinds, ['started'])
  match(reader.ids[0] ?? '', /^[0-9a-f]{8}-2$/)
})

test('all readers are told the same object', () => {
  const feed = new EventFeed()
  const readers = [new Reader(), new Reader()]
  for (const reader of readers) feed.follow(null, reader)
  feed.note(started())
  equal(readers[0]?.told[0], readers[1]?.told[0])
})

test('who comes back goes on behind the last event that it has', () => {
  const feed = new EventFeed()
  const first = new Reader()
  feed.follow(null, first)
  for (let n = 0; n < 5; n++) feed.note(started())
  const again = new Reader()
  feed.follow(first.ids[2] ?? null, again)
  deepEqual(again.ids, first.ids.slice(3))
})

test('what is not known any more is said to be missing, and by how much', () => {
  const feed = new EventFeed()
  const first = new Reader()
  feed.follow(null, first)
  for (let n = 0; n < 1_010; n++) feed.note(started())
  const late = new Reader()
  feed.follow(first.ids[0] ?? null, late)
  deepEqual(late.told[0], { kind: 'gap', reason: 'too-old', missed: 9 })
  equal(late.told.length, 1_001)
  deepEqual(late.ids.slice(1), first.ids.slice(10))
  equal(late.ids[0], first.ids[9])
})

for (const id of ['00000000-3', 'rubbish', '', '-', `x-${'9'.repeat(30)}`]) {
  test(`after the id ${JSON.stringify(id)} of another daemon all that is kept is told, behind a gap`, () => {
    const feed = new EventFeed()
    feed.note(started())
    const reader = new Reader()
    feed.follow(id, reader)
    deepEqual(reader.kinds, ['gap', 'started'])
    deepEqual(reader.told[0], { kind: 'gap', reason: 'other-daemon', missed: null })
  })
}

test('a reader that is too slow is told so and let go; the others are told as ever', () => {
  const feed = new EventFeed()
  const [slow, quick] = [new Reader(), new Reader()]
  feed.follow(null, slow)
  feed.follow(null, quick)
  slow.isBehind = true
  feed.note(started())
  feed.note(started())
  deepEqual(slow.told, [{ kind: 'gap', reason: 'too-slow', missed: null }])
  ok(slow.isOver)
  deepEqual(quick.kinds, ['started', 'started'])
})
