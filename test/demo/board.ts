/** What is known of a run: where it is, and `running` or its outcome. */
export type ShownRun = { readonly host: string; readonly state: string }

/** A job's latest firing. */
export type ShownFiring = {
  /** As `2026-11-28T12:04Z`. */
  readonly minute: string
  /** In the order in which they were heard of. */
  readonly runs: readonly ShownRun[]
  /** The minute of the run that was killed last; null before there is one. */
  readonly killed: string | null
}

/** A line of the daemon's log in JSON; what is not named here is shown as it is. */
type LogEntry = Readonly<Record<string, unknown>> & { readonly time: string; readonly level: string }

/** Of the log, what a screen can hold at most. */
const KEPT_LINES = 200

/** Fields that say nothing on a screen of few hosts and one user. */
const UNSHOWN = new Set(['time', 'level', 'msg', 'run', 'user', 'how', 'cron', 'minute', 'stdoutBytes', 'stderrBytes'])

/** What the daemon's log has told so far, as it is to be shown. */
export class Board {
  readonly #firings = new Map<string, Omit<ShownFiring, 'killed'>>()
  readonly #killed = new Map<string, string>()
  readonly #lines: string[] = []

  /** Takes in one line of the daemon's output. */
  note(line: string): void {
    const entry = entryIn(line)
    this.#lines.push(entry === null ? line : lineOf(entry))
    if (this.#lines.length > KEPT_LINES) this.#lines.shift()
    if (entry !== null) this.#noteRun(entry)
  }

  /** Null before its first. */
  firing(job: string): ShownFiring | null {
    const firing = this.#firings.get(job)
    return firing === undefined ? null : { ...firing, killed: this.#killed.get(job) ?? null }
  }

  /** The log, the newest line last. */
  get lines(): readonly string[] {
    return this.#lines
  }

  #noteRun(entry: LogEntry): void {
    const { msg, job, host, minute, outcome } = entry
    if (typeof job !== 'string' || typeof host !== 'string' || typeof minute !== 'string') return
    if (msg !== 'run started' && msg !== 'run ended') return
    if (outcome === 'killed') this.#killed.set(job, minute)
    const known = this.#firings.get(job)
    if (known !== undefined && known.minute > minute) return
    const others = known?.minute === minute ? known.runs : []
    const index = others.findIndex((it) => it.host === host)
    const run = { host, state: msg === 'run started' ? 'running' : outcomeOf(entry) }
    this.#firings.set(job, { minute, runs: index < 0 ? [...others, run] : others.with(index, run) })
  }
}

function outcomeOf({ outcome, exitCode }: LogEntry): string {
  return exitCode === undefined || exitCode === 0 ? String(outcome) : `${String(outcome)} (${String(exitCode)})`
}

function entryIn(line: string): LogEntry | null {
  try {
    const entry: unknown = JSON.parse(line)
    return isLogEntry(entry) ? entry : null
  } catch {
    return null // Something else than the log, as Node's own words.
  }
}

function isLogEntry(entry: unknown): entry is LogEntry {
  if (typeof entry !== 'object' || entry === null || !('time' in entry) || !('level' in entry)) return false
  return typeof entry.time === 'string' && typeof entry.level === 'string'
}

function lineOf(entry: LogEntry): string {
  const fields = Object.entries(entry).filter(([name, value]) => !UNSHOWN.has(name) && value !== '' && value !== null)
  const shown = fields.map(([name, value]) => `${name}=${typeof value === 'string' ? value.trim() : String(value)}`)
  const level = entry.level === 'info' ? [] : [`${entry.level}:`]
  const words = [entry.time.slice(11, 19), ...level, String(entry['msg']), ...shown]
  return words.join(' ').replaceAll(/\s+/g, ' ')
}
