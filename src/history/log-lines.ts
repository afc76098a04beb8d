import type { LogRuns } from '../domain/choices.ts'
import { describeHostPort } from '../domain/host-port.ts'
import { describeMinute } from '../domain/minute.ts'
import type { Outcome } from '../domain/outcome.ts'
import type { NoRun, RunEvent, RunEventOf, RunFacts } from '../domain/run-event.ts'
import type { Log, LogFields } from '../platform/log/log.ts'
import { type FiringLine, firingLine } from './firing-line.ts'
import type { Subscriber } from './journal.ts'
import { describeMoment, fieldsOfOutcome, fieldsOfOutput, levelOf, present } from './outcome-fields.ts'
import { type ToldFiring, ToldFirings } from './told-firing.ts'

/** A line of the log: its level, its fields, its message. */
type Line = readonly ['debug' | 'info' | 'warn' | 'error' | 'alarm', LogFields, string]

/** Logs what happens. Of a firing that is over one line says how it came out; of an attempt that did not succeed while it goes on, a warning. */
export class LogLines implements Subscriber {
  readonly name = 'log lines'
  readonly #log: Log
  readonly #runs: LogRuns
  readonly #firings = new ToldFirings()

  constructor(log: Log, runs: LogRuns) {
    this.#log = log
    this.#runs = runs
  }

  note(event: RunEvent): void {
    for (const line of [this.#lineOfRun(event), this.#lineOfFiring(event)]) {
      if (line === null) continue
      const [level, fields, message] = line
      this.#log[level](fields, message)
    }
  }

  #lineOfRun(event: RunEvent): Line | null {
    if (this.#runs === 'runs') return lineOf(event)
    switch (event.kind) {
      case 'ended':
      case 'not-run':
        return null
      case 'queued':
      case 'awaiting-host':
      case 'started': {
        const [, fields, message] = lineOf(event) ?? []
        return fields === undefined || message === undefined ? null : ['debug', fields, message]
      }
      default:
        return lineOf(event)
    }
  }

  #lineOfFiring(event: RunEvent): Line | null {
    const told = this.#firings.note(event)
    if (told === null) return null
    const line = firingLine(told)
    return line === null ? null : this.#lineSaying(told, line)
  }

  #lineSaying({ isOver, firing }: ToldFiring, { fields, phrase, outcome }: FiringLine): Line | null {
    const { name } = firing.job
    // The line of the run says the same.
    if (!isOver) return this.#runs === 'runs' ? null : ['warn', fields, `job ${name} ${phrase}`]
    if (this.#runs === 'failures' && levelOf(outcome) === 'info') return null
    return [levelOf(outcome), fields, `job ${name} ${phrase}`]
  }
}

/** The stable fields that name a run in the log, or what was to be one. */
export function fieldsOf(run: RunFacts | NoRun): LogFields {
  const { firing, cron, system, user } = run
  const { name: job } = firing.job
  const of = {
    cron,
    host: describeHostPort(run.host, run.port),
    ...(system !== undefined && { system }),
    user,
    minute: describeMinute(firing.minute),
  }
  if (run.id === null) return { job, ...of }
  return {
    job,
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
      return ['warn', { job: run.firing.job.name, run: run.id, by, reason }, 'cannot confirm that run is dead']
    }
    case 'ended':
      return lineOfEnd(event)
    case 'ended-elsewhere':
      return ['info', fieldsOf(event.run), 'run ended by another rcron process, which reports the outcome']
    case 'not-run': {
      const { run, outcome } = event
      return [levelOfRun(outcome), { ...fieldsOf(run), ...fieldsOfOutcome(outcome) }, `run ${outcome.kind}`]
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
      return ['error', { ...fields, reason: event.reason }, 'failover does not continue after an adopted run']
    default:
      return event satisfies never
  }
}

function lineOfEnd({ run, result }: RunEventOf<'ended'>): Line {
  const { outcome, output, durationMs } = result
  const times = { durationMs, endedAt: describeMoment(result.endedAt ?? null) }
  const fields = { ...fieldsOf(run), ...fieldsOfOutcome(outcome), ...times, ...fieldsOfOutput(outcome, output) }
  return [levelOfRun(outcome), present(fields), 'run ended']
}

/** A warning at most: what went wrong for good is said of its firing. */
function levelOfRun(outcome: Outcome): 'info' | 'warn' {
  return levelOf(outcome) === 'info' ? 'info' : 'warn'
}

function lineOfMissed(event: RunEventOf<'missed' | 'interrupted'>): Line {
  const { job, crons, count } = event
  const fields = { job: job.name, action: job.action, crons, outcome: 'missed', count }
  const times = { first: describeMinute(event.first), last: describeMinute(event.last) }
  if (event.kind === 'missed') return ['warn', { ...fields, caughtUp: event.caughtUp, ...times }, 'minutes missed']
  const when = count === 1 ? { minute: times.first } : times
  return ['warn', { ...fields, ...when, reason: event.reason }, 'minutes missed']
}
