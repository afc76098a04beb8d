import * as z from 'zod'
import { ACTIONS } from '../domain/action.ts'
import { BAD_KINDS } from '../domain/outcome.ts'

/** What daemon and commands say to each other, as JSON. Every list is in an envelope that names its edition. */

const instant = z.string().describe('RFC 3339, with the offset of the zone of the job')
const word = z.string().min(1).max(512)
const runId = z.string().regex(/^[0-9a-f]{32}$/)
export const envelope = <Name extends string>(name: Name) => ({ schema: z.literal(name), generated: instant })

export const liveRun = z.object({
  run: z.string(),
  job: z.string(),
  action: z.enum(ACTIONS),
  cron: z.int().nullable().describe('The id of its row'),
  host: z.string().nullable(),
  port: z.int().nullable(),
  user: z.string().nullable(),
  minute: instant.describe('For which it was planned'),
  started: instant.nullable(),
  elapsedMs: z.number().nullable(),
  pid: z.int().nullable().describe('Of its first process, on its host'),
  state: z.enum(['waiting', 'starting', 'running', 'unknown']),
  reason: z.string().nullable().describe('What it waits for, or why its host cannot tell of it'),
  attempt: z.object({ number: z.int(), of: z.int() }).nullable(),
  isElsewhere: z.boolean().describe('Another process of this installation answers for it'),
})

export const describedPause = z.object({
  id: z.string(),
  of: z.string().describe('As commands take it: a job, the id of a row, system:NAME, tag:NAME, --all'),
  isInForce: z.boolean().describe('Now; else it begins later, or is a window that is shut'),
  since: instant,
  until: instant.nullable().describe('Null: until somebody resumes it'),
  schedule: z.string().nullable().describe('When its window opens; null: it is open all the time'),
  minutes: z.int().nullable().describe('For how long the window is open'),
  timezone: z.string().nullable(),
  reason: z.string(),
  by: z.string(),
  crons: z.int().describe('How many rows it keeps from being started'),
})

export const pauseList = z.object({ ...envelope('rcron.pauses.v1'), items: z.array(describedPause) })

export const pauseOrder = z.object({
  of: z.array(word).max(1_000).default([]).describe('Jobs, NAME@HOST, ids of rows, system:NAME, tag:NAME'),
  isAll: z.boolean().default(false).describe('Everything'),
  until: z.int().nullable().default(null).describe('Epoch milliseconds; null: until somebody resumes it'),
  window: z
    .object({ schedule: z.string().max(255), minutes: z.int(), timezone: z.string().max(255).nullable() })
    .nullable()
    .default(null)
    .describe('When it opens, in which zone, and for how long; null: it is open all the time'),
  reason: z.string().trim().min(1).max(500),
})

export const resumeOrder = z.object({
  of: z.array(word).max(1_000).default([]).describe('As they were paused, or the beginnings of ids of pauses'),
  isAll: z.boolean().default(false).describe('What was paused with all'),
})

export const pauseReport = z.object({
  items: z.array(describedPause),
  isTakenUp: z.boolean().describe('Whether the daemon goes by it already'),
})

export const runList = z.object({
  ...envelope('rcron.ps.v1'),
  slots: z.int(),
  items: z.array(liveRun),
  pauses: z.array(describedPause).describe('Those that are not over'),
})

export const status = z.object({
  ...envelope('rcron.status.v1'),
  user: z.string(),
  store: z.string(),
  stateDirectory: z.string(),
  daemon: z.object({ version: z.string(), pid: z.int(), started: instant, isStopping: z.boolean() }).nullable(),
  lastPlanned: instant.nullable(),
  definitions: z
    .object({
      crons: z.int(),
      enabled: z.int(),
      errors: z.int(),
      from: z.enum(['store', 'cache']),
      readAt: instant,
      isStoreAway: z.boolean(),
      isTooOld: z.boolean(),
    })
    .nullable(),
  runs: z.object({ active: z.int(), waiting: z.int(), unknown: z.int(), slots: z.int() }).nullable(),
  pauses: z.array(describedPause).describe('Those that are not over'),
  problems: z.array(z.string()).describe('What keeps it from being well; empty if nothing does'),
})

export const killOrder = z.object({ runs: z.array(runId).min(1).max(10_000) })
export const killReport = z.object({
  items: z.array(
    z.object({
      run: runId,
      job: z.string(),
      host: z.string().nullable(),
      isConfirmed: z.boolean(),
      reason: z.string().nullable().describe('Why its death is not confirmed'),
      outcome: z.string().nullable().describe('How it ended'),
      tookMs: z.number(),
    }),
  ),
})

export const resolutionOrder = z.object({
  run: z
    .string()
    .regex(/^[0-9a-f]{4,32}$/)
    .describe('Its id, or how that begins'),
  as: z.enum(['succeeded', 'failed']),
  reason: z.string().trim().min(1).max(400),
})
const endOfRun = z.object({ outcome: z.string(), code: z.string(), reason: z.string().nullable() })

export const resolutionReport = z.object({
  run: z.string(),
  job: z.string(),
  host: z.string(),
  was: endOfRun,
  became: endOfRun,
})

export const firingOrder = z.object({
  job: word.describe('A name, NAME@HOST, or the id of a row'),
  host: word.optional(),
  isForced: z.boolean().default(false).describe('Beside the runs of the job that are active, and though it is paused'),
})

export const firing = z.object({
  firing: z.string(),
  job: z.string(),
  action: z.enum(ACTIONS),
  state: z.enum(['active', 'ended']),
  hosts: z.array(z.string()),
  isDisabled: z.boolean().describe('The schedule does not start it'),
  active: z.array(liveRun).describe('Its runs that are active now'),
  hasSucceeded: z.boolean().nullable().describe('Null while it is active'),
  outcomes: z.array(
    z.object({
      run: z.string().nullable(),
      host: z.string(),
      outcome: z.enum(['succeeded', ...BAD_KINDS]).nullable(),
      exitCode: z.int().nullable(),
      signal: z.string().nullable(),
      description: z.string(),
    }),
  ),
})

const changedRows = z.object({ added: z.array(z.string()), edited: z.array(z.string()), removed: z.array(z.string()) })

export const rereading = z.object({
  store: z.string(),
  isRead: z.boolean().describe('Whether the store answered'),
  changes: changedRows,
  rejected: z.array(z.string()).describe('Rows that cannot be used, and why'),
})

export const reloading = rereading.extend({
  refusal: z.array(z.string()).describe('Why the settings stay as they were; empty if they do not'),
  waiting: z.array(z.string()).describe('Changed settings that take effect at the next start'),
})

export const challenge = z.object({
  challenge: z.string().describe('To be sent along, as the header Rcron-Proof'),
  path: z.string().describe('Of the empty file that proves who asks, by its owner'),
})

/** What is to be done to prove who asks. */
export type Challenge = z.infer<typeof challenge>
/** A run that is active. */
export type LiveRun = z.infer<typeof liveRun>
/** A pause, for those who look. */
export type DescribedPause = z.infer<typeof describedPause>
/** What `rcron pause` shows. */
export type PauseList = z.infer<typeof pauseList>
/** What is to be paused. */
export type PauseOrder = z.infer<typeof pauseOrder>
/** What is to be started again. */
export type ResumeOrder = z.infer<typeof resumeOrder>
/** What was paused, or is not any more. */
export type PauseReport = z.infer<typeof pauseReport>
/** What `rcron ps` shows. */
export type RunList = z.infer<typeof runList>
/** What `rcron status` shows. */
export type Status = z.infer<typeof status>
/** What became of runs that were to be ended. */
export type KillReport = z.infer<typeof killReport>
/** How a lost run is said to have ended. */
export type ResolutionOrder = z.infer<typeof resolutionOrder>
/** What a run counted as, and counts as now. */
export type ResolutionReport = z.infer<typeof resolutionReport>
/** Which job is to be started now. */
export type FiringOrder = z.infer<typeof firingOrder>
/** How a job fares that was started so. */
export type FiringAnswer = z.infer<typeof firing>
/** Rows that differ between two readings, as people call them. */
export type ChangedRows = z.infer<typeof changedRows>
/** What a reading of the definitions came to. */
export type Rereading = z.infer<typeof rereading>
/** What a reload came to. */
export type Reloading = z.infer<typeof reloading>
