import { describeMinute } from '../domain/minute.ts'
import type { NoRun, RunEvent, RunEventOf, RunFacts } from '../domain/run-event.ts'
import type { Log, LogFields } from '../platform/log/log.ts'
import type { Subscriber } from './journal.ts'
import { fieldsOfOutcome, fieldsOfOutput, levelOf } from './outcome-fields.ts'

/** A line of the log: its level, its fields, its message. */
type Line = readonly ['info' | 'warn' | 'error' | 'alarm', LogFields, string]

/** Logs what happens, one line for each event that is worth one. */
export class LogLines implements Subscriber {
  readonly name = 'log lines'
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  note(event: RunEvent): void {
    const line = lineOf(event)
    if (line === null) return
    const [level, fields, message] = line
    this.#log[level](fields, message)
  }
}

/** The stable fields that name a run in the log, or what was to be one. */
export function fieldsOf(run: RunFacts | NoRun): LogFields {
  const { firing, cron, host, system, user } = run
  const of = {
    cron,
    job: firing.job.name,
    host,
    ...(system !== undefined && { system }),
    user,
    minute: describeMinute(firing.minute),
  }
  if (run.id === null) return of
  return {
    run: run.id,
    ...of,
    ...(firing.how !== null && { how: firing.how }),
    ...(run.waitMs > 0 && { waitMs: run.waitMs }),
    ...(run.isAdopted && { adopted: true }),
  }
}

function lineOf(event: RunEvent): Line | null {
  switch (event.kind) {
    case 'fired':
    case 'firing-ended':
      return null
    case 'queued':
    case 'awaiting-host':
      return lineOfWait(event)
    case 'started':
      return ['info', fieldsOf(event.run), 'run started']
    case 'contact-lost':
    case 'contact-still-lost':
      return ['warn', { ...fieldsOf(event.run), reason: event.reason }, CONTACT[event.kind]]
    case 'contact-found':
      return ['info', fieldsOf(event.run), 'contact with run restored']
    case 'adopted':
    case 'not-adopted':
    case 'continued':
    case 'not-continued':
      return lineOfAdoption(event)
    case 'kill-unconfirmed': {
      const { run, by, reason } = event
      return ['warn', { run: run.id, by, reason }, 'cannot confirm that run is dead']
    }
    case 'ended':
      return lineOfEnd(event)
    case 'ended-elsewhere':
      return ['info', fieldsOf(event.run), 'run ended by another rcron process, which reports the outcome']
    case 'not-run': {
      const { run, outcome } = event
      return [levelOf(outcome), { ...fieldsOf(run), ...fieldsOfOutcome(outcome) }, `run ${outcome.kind}`]
    }
    case 'missed':
    case 'interrupted':
      return lineOfMissed(event)
    default:
      return event satisfies never
  }
}

function lineOfWait(event: RunEventOf<'queued' | 'awaiting-host'>): Line {
  const { run, reason } = event
  if (event.kind === 'awaiting-host') {
    return ['info', { ...fieldsOf(run), limit: 'login', reason }, 'run waits for its host']
  }
  return ['info', { ...fieldsOf(run), limit: LIMIT_SETTINGS[event.limit], reason }, 'run waits for a slot']
}

/** What an operator sets, where runs are to wait less. */
const LIMIT_SETTINGS = { host: 'RCRON_MAX_CONCURRENT_RUNS_PER_HOST', runs: 'RCRON_MAX_CONCURRENT_RUNS' } as const

const CONTACT = {
  'contact-lost': 'lost contact with run; still counted as active, will probe again',
  'contact-still-lost': 'still no contact with run, for another reason',
} as const

function lineOfAdoption(event: RunEventOf<'adopted' | 'not-adopted' | 'continued' | 'not-continued'>): Line {
  const fields = fieldsOf({ ...event.run, isAdopted: false })
  switch (event.kind) {
    case 'adopted':
      return ['info', fieldsOf(event.run), 'run adopted']
    case 'not-adopted':
      return ['error', { ...fields, err: event.failure }, 'run not adopted: cannot rewrite its lock; retrying']
    case 'continued':
      return ['info', { ...fields, hosts: event.crons.length }, 'failover continues after an adopted run']
    case 'not-continued':
      return ['warn', { ...fields, reason: event.reason }, 'failover does not continue after an adopted run']
    default:
      return event satisfies never
  }
}

function lineOfEnd({ run, result }: RunEventOf<'ended'>): Line {
  const { outcome, output, durationMs } = result
  const fields = { ...fieldsOf(run), ...fieldsOfOutcome(outcome), durationMs, ...fieldsOfOutput(outcome, output) }
  return [levelOf(outcome), fields, 'run ended']
}

function lineOfMissed(event: RunEventOf<'missed' | 'interrupted'>): Line {
  const { job, crons, count } = event
  const fields = { job: job.name, action: job.action, crons, outcome: 'missed', count }
  const times = { first: describeMinute(event.first), last: describeMinute(event.last) }
  if (event.kind === 'missed') return ['warn', { ...fields, caughtUp: event.caughtUp, ...times }, 'minutes missed']
  const when = count === 1 ? { minute: times.first } : times
  return ['warn', { ...fields, ...when, reason: event.reason }, 'minutes missed']
}
