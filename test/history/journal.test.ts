import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { SubscribedJournal } from '../../src/history/journal.ts'
import { RecordingLog } from '../support/builders.ts'
import { someRunFacts } from '../support/run-facts.ts'

const event: RunEvent = { kind: 'started', at: 0, run: someRunFacts() }

test('every subscriber has an event when it is noted, in their order', () => {
  const heard: string[] = []
  const subscribers = ['one', 'other'].map((name) => ({ name, note: ({ kind }: RunEvent) => heard.push(name, kind) }))
  new SubscribedJournal(new RecordingLog(), subscribers).note(event)
  deepEqual(heard, ['one', 'started', 'other', 'started'])
})

test('a subscriber that throws harms nobody, goes on being told, and is called a bug once', () => {
  const log = new RecordingLog()
  let tried = 0
  let heard = 0
  const journal = new SubscribedJournal(log, [
    {
      name: 'broken',
      note: () => {
        tried += 1
        throw new Error('of the test')
      },
    },
    { name: 'sound', note: () => (heard += 1) },
  ])
  for (let times = 0; times < 3; times++) journal.note(event)
  deepEqual([tried, heard], [3, 3])
  deepEqual(
    log.entries.map(({ level, message, fields }) => [level, message, fields['subscriber'], fields['event']]),
    [['error', 'bug in rcron while noting an event; logged once', 'broken', 'started']],
  )
})
