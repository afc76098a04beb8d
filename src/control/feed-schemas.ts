import * as z from 'zod'
import { ACTIONS } from '../domain/action.ts'
import { BAD_KINDS } from '../domain/outcome.ts'

/** What daemons tell those who read on, each as the data of one server-sent event whose name is `kind`. */

const instant = z.string().describe('RFC 3339, in UTC')
const outcome = z.enum(['succeeded', ...BAD_KINDS])
const end = {
  outcome: outcome.nullable().describe('Null where its end is not known'),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  description: z.string(),
  durationMs: z.number().nullable(),
}

/** What can happen to firings and runs. */
export const EVENT_KINDS = [
  'fired',
  'firing-ended',
  'continued',
  'not-continued',
  'queued',
  'awaiting-host',
  'started',
  'contact-lost',
  'contact-still-lost',
  'contact-found',
  'adopted',
  'not-adopted',
  'kill-unconfirmed',
  'ended',
  'ended-elsewhere',
  'not-run',
  'missed',
  'interrupted',
] as const

export const toldEvent = z.object({
  kind: z.enum(EVENT_KINDS),
  at: instant,
  job: z.string(),
  action: z.enum(ACTIONS),
  minute: instant.describe('For which it was planned'),
  how: z.enum(['schedule', 'catch-up', 'manual']).nullable(),
  by: z.string().nullable().describe('Who asked for it'),
  crons: z.array(z.int()).describe('Ids of its rows'),
  run: z.string().nullable(),
  host: z.string().nullable(),
  port: z.int().nullable(),
  user: z.string().nullable(),
  attempt: z.object({ number: z.int(), of: z.int() }).nullable(),
  reason: z.string().nullable(),
  end: z.object(end).nullable().describe('How a run has ended, or what became of it instead'),
})

export const gap = z.object({
  kind: z.literal('gap'),
  missed: z.int().nullable().describe('How many events are missing here; null if that is not known'),
  reason: z.enum(['too-old', 'other-daemon', 'too-slow']).describe('After too-slow the stream ends'),
})

export const eventFeed = z.discriminatedUnion('kind', [toldEvent, gap])

export const outputFeed = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    run: z.string(),
    job: z.string(),
    action: z.enum(ACTIONS),
    host: z.string().nullable(),
    isHeard: z.boolean().describe('False: what it prints is known only when it has ended'),
  }),
  z.object({
    kind: z.literal('output'),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
    omittedBytes: z.int().describe('Of that stream, left out before it'),
  }),
  z.object({ kind: z.literal('contact'), isLost: z.boolean(), reason: z.string().nullable() }),
  z.object({ kind: z.literal('end'), ...end }),
])

/** What is told of an event. */
export type ToldEvent = z.infer<typeof toldEvent>
/** What is told on the feed of events. */
export type EventMessage = z.infer<typeof eventFeed>
/** What is told of a run that is followed. */
export type OutputMessage = z.infer<typeof outputFeed>
/** How a run has ended. */
export type ToldEnd = NonNullable<ToldEvent['end']>
