import * as z from 'zod'
import { subjectOfPause } from '../act/pause-rows.ts'
import type { Controlled } from '../controlled.ts'
import type { FeedReader } from '../feed.ts'
import { eventFeed, outputFeed } from '../feed-schemas.ts'
import { hostList } from '../hosts/host-schemas.ts'
import {
  type Challenge,
  challenge,
  firing,
  firingOrder,
  killOrder,
  killReport,
  pauseList,
  pauseOrder,
  pauseReport,
  reloading,
  rereading,
  resolutionOrder,
  resolutionReport,
  resumeOrder,
  runList,
  status,
} from '../schemas.ts'

/** One question that a daemon answers. */
export type Endpoint = {
  /** `post` changes something. */
  readonly method: 'get' | 'post'
  /** Below the root of the interface, with `{name}` for what varies. */
  readonly path: string
  readonly summary: string
  /** What stands in the path and behind `?`, and what is sent along. */
  readonly asked: { readonly params: z.ZodObject; readonly query: z.ZodObject; readonly body: z.ZodObject }
  /** What is answered; of a feed, each message. */
  readonly answer: z.ZodType
  /** Server-sent events until either side ends it, instead of one answer. */
  readonly isFeed: boolean
  /** How the audit names it, and what it is done to; null if it is of no interest there. */
  readonly deed: { readonly action: string; readonly subject: (body: unknown) => string } | null
  readonly carryOut: (asked: Asked, controlled: Controlled, asker: Asker) => unknown
}

/** Who asks, as proven where something is changed; and what gives out challenges to who is yet to prove it. */
export type Asker = {
  readonly by: string
  readonly issue: () => Challenge
  /** The id of the last event that who asks has; null if none is said. */
  readonly lastEventId: string | null
  /** Who reads the feed; throws where that cannot be had. */
  readonly reader: () => FeedReader
}

/** As the schemas of an endpoint judged it. */
export type Asked = { readonly params: unknown; readonly query: unknown; readonly body: unknown }

const NOTHING = z.object({})
const outputParams = z.object({ id: z.string().regex(/^[0-9a-f]{32}$/) })
const MOST_WAIT_MS = 60_000

const runsQuery = z.object({ of: z.string().min(1).max(512).optional().describe('A job, NAME@HOST, a row, or a run') })
const hostsQuery = z.object({ of: z.string().min(1).max(512).optional().describe('A pattern of hosts, or a system') })
const firingParams = z.object({ id: z.uuid() })
const firingQuery = z.object({
  waitMs: z.coerce.number().int().min(0).max(MOST_WAIT_MS).default(0).describe('How long its end is waited for'),
})

export const ENDPOINTS: readonly Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/status',
    summary: 'How the daemon is',
    answer: status,
    carryOut: (_, controlled) => controlled.status(),
  }),
  endpoint({
    method: 'get',
    path: '/challenge',
    summary: 'What is to be done to prove who asks, before something is changed',
    answer: challenge,
    carryOut: (_, _controlled, { issue }) => issue(),
  }),
  endpoint({
    method: 'get',
    path: '/runs',
    summary: 'The runs that are active',
    query: runsQuery,
    answer: runList,
    carryOut: ({ query }, controlled) => controlled.runs(query.of ?? null),
  }),
  endpoint({
    method: 'get',
    path: '/hosts',
    summary: 'How the hosts of all crons are, as far as runs have told',
    query: hostsQuery,
    answer: hostList,
    carryOut: ({ query }, controlled) => controlled.hosts(query.of ?? null),
  }),
  endpoint({
    method: 'get',
    path: '/runs/{id}/output',
    summary: 'What a run prints, as it comes, until it has ended; of one that has ended just now, what is kept',
    params: outputParams,
    answer: outputFeed,
    isFeed: true,
    carryOut: ({ params }, controlled, { reader }) => controlled.output(params.id, reader()),
  }),
  endpoint({
    method: 'get',
    path: '/events',
    summary: 'What happens to firings and runs, as it happens; with the header Last-Event-ID, after that event',
    answer: eventFeed,
    isFeed: true,
    carryOut: (_, controlled, { lastEventId, reader }) => controlled.events(lastEventId, reader()),
  }),
  endpoint({
    method: 'post',
    path: '/kills',
    summary: 'Ends runs; answers when each is dead, or not known to be',
    body: killOrder,
    answer: killReport,
    deed: { action: 'kill', subject: ({ runs }) => `run ${runs.join(', ')}` },
    carryOut: ({ body }, controlled) => controlled.kill(body.runs),
  }),
  endpoint({
    method: 'post',
    path: '/firings',
    summary: 'Starts a job now',
    body: firingOrder,
    answer: firing,
    deed: { action: 'run', subject: ({ job, host }) => `job ${job}${host === undefined ? '' : ` on ${host}`}` },
    carryOut: ({ body }, controlled, { by }) => controlled.fire(body, by),
  }),
  endpoint({
    method: 'get',
    path: '/firings/{id}',
    summary: 'How a job fares that was started so',
    params: firingParams,
    query: firingQuery,
    answer: firing,
    carryOut: ({ params, query }, controlled) => controlled.firing(params.id, query.waitMs),
  }),
  endpoint({
    method: 'get',
    path: '/pauses',
    summary: 'The pauses that are not over',
    answer: pauseList,
    carryOut: (_, controlled) => controlled.pauses(),
  }),
  endpoint({
    method: 'post',
    path: '/pauses',
    summary: 'Keeps jobs from being started, for a time or again and again',
    body: pauseOrder,
    answer: pauseReport,
    deed: { action: 'pause', subject: subjectOfPause },
    carryOut: ({ body }, controlled, { by }) => controlled.pause(body, by),
  }),
  endpoint({
    method: 'post',
    path: '/resumptions',
    summary: 'Ends pauses',
    body: resumeOrder,
    answer: pauseReport,
    deed: { action: 'resume', subject: subjectOfPause },
    carryOut: ({ body }, controlled) => controlled.resume(body),
  }),
  endpoint({
    method: 'post',
    path: '/resolutions',
    summary: 'Gives a lost run the end that somebody knows of',
    body: resolutionOrder,
    answer: resolutionReport,
    deed: { action: 'resolve', subject: ({ run }) => `run ${run}` },
    carryOut: ({ body }, controlled, { by }) => controlled.resolve(body, by),
  }),
  endpoint({
    method: 'post',
    path: '/reload',
    summary: 'Reads settings and definitions again',
    answer: reloading,
    deed: { action: 'reload', subject: () => 'daemon' },
    carryOut: (_, controlled) => controlled.reload(),
  }),
  endpoint({
    method: 'post',
    path: '/definitions/reread',
    summary: 'Reads definitions again: something changed them',
    answer: rereading,
    carryOut: (_, controlled) => controlled.reread(),
  }),
]

type Shaped<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject, A extends z.ZodType> = Pick<
  Endpoint,
  'method' | 'path' | 'summary'
> & {
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly answer: A
  readonly deed?: { readonly action: string; readonly subject: (body: z.output<B>) => string }
} & (
    | (Answering<P, Q, B, z.input<A> | Promise<z.input<A>>> & { readonly isFeed?: false })
    | (Answering<P, Q, B, Disposable> & { readonly isFeed: true })
  )

type Answering<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject, Answer> = {
  readonly carryOut: (
    asked: { readonly params: z.output<P>; readonly query: z.output<Q>; readonly body: z.output<B> },
    controlled: Controlled,
    asker: Asker,
  ) => Answer
}

/** Whoever calls `carryOut` has had the schemas judge what is asked. */
function endpoint<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject, A extends z.ZodType>({
  params,
  query,
  body,
  deed,
  isFeed = false,
  carryOut,
  ...rest
}: Shaped<P, Q, B, A>): Endpoint {
  const asked = { params: params ?? NOTHING, query: query ?? NOTHING, body: body ?? NOTHING }
  return {
    ...rest,
    asked,
    isFeed,
    deed: (deed ?? null) as Endpoint['deed'],
    carryOut: carryOut as Endpoint['carryOut'],
  }
}
