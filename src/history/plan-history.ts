import type { FiringRow } from '../domain/history/firing-row.ts'
import type { RunRow } from '../domain/history/run-row.ts'
import { jobKey } from '../domain/job.ts'
import { type Outcome, statusOfOutcome } from '../domain/outcome.ts'
import { firingEnd, leadsOn } from '../domain/reasons/firing-end.ts'
import { reasonOfOutcome } from '../domain/reasons/reason-of-outcome.ts'
import type { RunId, RunResult } from '../domain/run.ts'
import type { FiringFacts, NoRun, RunEvent, RunEventOf, RunFacts } from '../domain/run-event.ts'

/** A row that history is to have. */
export type HistoryRow =
  /** `isShown`: the end of one of its runs stands for it already, so that only a better word of it is lost with this one. */
  | { readonly kind: 'firing'; readonly row: FiringRow; readonly isShown: boolean }
  /** `endsFiring`: its end stands for its firing's until that is told as a whole, or where nobody tells it any more. */
  | { readonly kind: 'run'; readonly row: RunRow; readonly endsFiring: boolean }

/** What rows are named by. */
export type HistoryNames = {
  /** Part of the names of what is scheduled, so that each process of an installation names it the same. */
  readonly installation: string
  /** 32 hex digits that follow from the text. */
  readonly idOf: (text: string) => string
}

type OpenFiring = {
  readonly firedAt: number
  readonly crons: number
  /** How long its runs took that have ended. */
  readonly durations: Map<RunId, number>
  /** Whether the end of a run stands for it. */
  isShown: boolean
}

/** What is remembered of firings and runs under way; beyond that the oldest are taken for those of an earlier process. */
const MOST_OPEN = 50_000
const REASON_CHARACTERS = 500

/**
 * Decides, event by event, which rows history is to have. A firing's row comes when it is over. Until then, and where the process that
 * began it has gone, the last of its runs stands for it, from the moment at which nothing else would: its lock goes with the run's end.
 * Pure but for what it remembers of what is under way, which has a bound.
 */
export class HistoryPlan {
  readonly #names: HistoryNames
  readonly #open = new Map<string, OpenFiring>()
  readonly #queuedAt = new Map<RunId, number>()

  constructor(names: HistoryNames) {
    this.#names = names
  }

  note(event: RunEvent): readonly HistoryRow[] {
    switch (event.kind) {
      case 'fired':
        remember(this.#open, this.#idOf(event.firing), {
          firedAt: Math.round(event.at),
          crons: event.crons.length,
          durations: new Map(),
          isShown: false,
        })
        return []
      case 'queued':
        remember(this.#queuedAt, event.run.id, Math.round(event.at))
        return []
      case 'ended':
        return this.#ended(event)
      case 'not-run':
        return this.#notRun(event)
      case 'ended-elsewhere':
        this.#queuedAt.delete(event.run.id)
        return []
      case 'firing-ended':
        return [this.#whole(event)]
      case 'missed':
      case 'interrupted':
        return this.#missed(event)
      default:
        return []
    }
  }

  #ended({ at, run, result }: RunEventOf<'ended'>): readonly HistoryRow[] {
    const firing = this.#idOf(run.firing)
    const open = this.#open.get(firing)
    if (result.durationMs !== null) open?.durations.set(run.id, Math.round(result.durationMs))
    const row = { ...this.#rowOf(run, { at: result.endedAt ?? at, outcome: result.outcome }), ...endOf(result) }
    const endsFiring = open === undefined || !hasHostLeft(row)
    if (open !== undefined) open.isShown ||= endsFiring
    return [{ kind: 'run', row, endsFiring }]
  }

  #notRun({ at, run, outcome }: RunEventOf<'not-run'>): readonly HistoryRow[] {
    const row = this.#rowOf(run, { at, outcome })
    const open = this.#open.get(row.firing)
    if (open !== undefined) open.isShown = true
    return [{ kind: 'run', row, endsFiring: true }]
  }

  #rowOf(run: RunFacts | NoRun, { at, outcome }: { readonly at: number; readonly outcome: Outcome }): RunRow {
    const firing = this.#idOf(run.firing)
    const queuedAt = run.id === null ? null : (this.#queuedAt.get(run.id) ?? null)
    if (run.id !== null) this.#queuedAt.delete(run.id)
    const { job, minute, how } = run.firing
    const { cron, host, port, user } = run
    const of = run.id === null ? NEVER_ONE : walkOf(run)
    const id = run.id ?? this.#names.idOf(`${firing},${cron}`)
    const times = { queuedAt, startedAt: null, endedAt: Math.round(at), durationMs: null }
    const nothing = { stdoutBytes: 0, stderrBytes: 0, output: null }
    return { id, firing, cron, job, minute, host, port, user, ...of, how, ...times, ...factsOf(outcome), ...nothing }
  }

  #whole({ at, firing, attempts }: RunEventOf<'firing-ended'>): HistoryRow {
    const id = this.#idOf(firing)
    const open = this.#open.get(id)
    this.#open.delete(id)
    const { kind, code, decidedBy } = firingEnd(
      firing.job.action,
      attempts.map(({ outcome }) => outcome),
    )
    const decisive = attempts[decidedBy ?? -1]
    const { exitCode, signal, reason } = decisive?.outcome ? factsOf(decisive.outcome) : NO_FACTS
    const row: FiringRow = {
      id,
      ...spanOf(firing),
      how: firing.how,
      actor: firing.by ?? null,
      firedAt: open?.firedAt ?? null,
      endedAt: Math.round(at),
      kind,
      code,
      reason,
      run: decisive?.run ?? null,
      host: decisive?.cron.host ?? null,
      exitCode,
      signal,
      tried: attempts.filter(({ run }) => run !== null).length,
      of: open?.crons ?? null,
      durationMs: open?.durations.get(decisive?.run ?? '') ?? null,
      source: 'whole',
    }
    return { kind: 'firing', row, isShown: open?.isShown === true }
  }

  /** Those that are caught up have rows of their own. One that is alone has the name of its firing, which may be told better. */
  #missed(event: RunEventOf<'missed' | 'interrupted'>): readonly HistoryRow[] {
    const { at, job, first, last } = event
    const isInterrupted = event.kind === 'interrupted'
    const count = isInterrupted ? event.count : event.count - event.caughtUp
    if (count <= 0) return []
    const { installation, idOf } = this.#names
    const firing = { job, minute: last, series: null, how: null }
    const isAlone = event.count === 1
    const id = isAlone ? this.#idOf(firing) : idOf(`${installation},${event.kind},${jobKey(job)},${first},${last}`)
    const end = {
      kind: 'missed',
      code: isInterrupted ? 'INTERRUPTED' : 'MISSED_DAEMON_DOWN',
      reason: isInterrupted ? cut(event.reason) : null,
    } as const
    const times = { firedAt: null, endedAt: Math.round(at), durationMs: null }
    const nobody = { how: null, actor: null, run: null, host: null, exitCode: null, signal: null }
    const hosts = { tried: 0, of: event.crons.length }
    return [
      {
        kind: 'firing',
        row: { id, job, minute: last, first, count, ...end, ...nobody, ...hosts, ...times, source: 'missed' },
        isShown: false,
      },
    ]
  }

  #idOf({ job, minute, series }: FiringFacts): string {
    const { installation, idOf } = this.#names
    return idOf(`${series ?? installation},${jobKey(job)},${minute}`)
  }
}

const NEVER_ONE = { attempt: null, of: null, waitMs: 0, isAdopted: false } as const
const NO_FACTS = { exitCode: null, signal: null, reason: null } as const

function walkOf({ attempt, waitMs, isAdopted }: RunFacts) {
  return { attempt: attempt?.number ?? null, of: attempt?.of ?? null, waitMs: Math.round(waitMs), isAdopted }
}

function spanOf({ job, minute }: FiringFacts) {
  return { job, minute, first: minute, count: 1 }
}

function endOf({ startedAt, durationMs, output }: RunResult) {
  const { stdoutBytes, stderrBytes, streams } = output
  const isSilent = stdoutBytes === 0 && stderrBytes === 0 && streams.stdout.head === '' && streams.stderr.head === ''
  const times = { startedAt: rounded(startedAt), durationMs: rounded(durationMs) }
  return { ...times, stdoutBytes, stderrBytes, output: isSilent ? null : streams }
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}

/** What columns hold of an outcome; never its `detail`, which is not for those who read the store. */
function factsOf(outcome: Outcome) {
  return {
    kind: outcome.kind,
    code: reasonOfOutcome(outcome),
    ...statusOfOutcome(outcome),
    reason: 'reason' in outcome && outcome.reason !== undefined ? cut(outcome.reason) : null,
  }
}

/** Its walk goes on to the next one, then: this one was a warning. */
function hasHostLeft({ attempt, of, kind }: RunRow): boolean {
  return attempt !== null && of !== null && attempt < of && leadsOn(kind)
}

/** A firing as one of its runs shows it, as long as nothing better is known. */
export function firingShownBy(run: RunRow): FiringRow {
  const { firing, job, minute, how, endedAt, kind, code, reason, host, exitCode, signal, durationMs } = run
  const end = { kind, code, reason, host, exitCode, signal, durationMs, run: run.startedAt === null ? null : run.id }
  const unknown = { actor: null, firedAt: null, tried: null, of: null }
  return { id: firing, job, minute, first: minute, count: 1, how, endedAt, ...end, ...unknown, source: 'run' }
}

function cut(reason: string): string {
  return reason.slice(0, REASON_CHARACTERS).toWellFormed()
}

function remember<Value>(map: Map<string, Value>, id: string, value: Value): void {
  map.set(id, value)
  if (map.size <= MOST_OPEN) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
