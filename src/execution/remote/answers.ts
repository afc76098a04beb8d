import type { RunId, RunTrace } from '../../domain/run.ts'
import type { HostStatus } from './host-status.ts'

/** Where a run is claimed: in the login's state directory, in a private one in /var/tmp, or nowhere (then nothing guards against a second start). */
export type SpoolPlace = 'home' | 'tmp' | 'none'

/** The first thing a host says to a START. */
export type StartAnswer =
  | { readonly kind: 'started'; readonly trace: RunTrace; readonly spool: SpoolPlace }
  /** The run was claimed before: this START began nothing. */
  | { readonly kind: 'claimed'; readonly state: 'begun' | 'never-started' | 'exited' }
  /** The run has no lock, and this START began nothing: it could not be claimed either, or `beside`, which it excludes, is alive. */
  | { readonly kind: 'withheld'; readonly beside: RunId | null }

/** What a host knows of a run. */
export type ProbeState =
  | { readonly kind: 'running'; readonly trace: RunTrace | null }
  /** `endedByItself`: before any KILL came. `hasKept`: its output was kept on the host. */
  | ({
      readonly kind: 'exited'
      readonly status: HostStatus
      readonly endedByItself: boolean
      readonly hasKept: boolean
    } & SessionEnd &
      Timed)
  /** The host was booted since; how the run ended cannot be learnt. */
  | { readonly kind: 'rebooted' }
  /** Another machine answered under its host's name: booted otherwise, and before the run began. */
  | { readonly kind: 'elsewhere' }
  /** It had begun, nothing of it is left, and its status was not written. */
  | ({ readonly kind: 'gone' } & SessionEnd)
  /** It did not start, and cannot any more. */
  | { readonly kind: 'never-started' }
  /** No claim and no process, but a START still under way could begin it: no tombstone was asked for, or none could be made. */
  | { readonly kind: 'unclaimed' }
  /** The host could not look. */
  | { readonly kind: 'unknown' }

/** Told of what a signal has ended, or may have: its host's logind.conf has KillUserProcesses=yes, and what a session leaves behind may be killed. */
type SessionEnd = { readonly killsAtSessionEnd?: true }

/** For how many milliseconds the command ran, where its host has noted that. */
type Timed = { readonly tookMs?: number }

/** What a KILL did. Only `none` without `guarded: false` and a run ended by `term` or `kill` are confirmed deaths. */
export type KillAnswer =
  /** Nothing was alive. `guarded` is false if a START still under way could begin it after all. */
  | ({ readonly kind: 'none'; readonly guarded: boolean; readonly status: HostStatus | null } & Timed)
  /** `status`: of a command that had ended by itself, before what it had left behind was ended. */
  | ({ readonly kind: 'ended'; readonly by: 'term' | 'kill'; readonly status: HostStatus | null } & Timed)
  | { readonly kind: 'stuck'; readonly pids: readonly number[] }
  | { readonly kind: 'unknown' }
  /** Another machine answered under its host's name. */
  | { readonly kind: 'elsewhere' }

const PID = /^[1-9][0-9]{0,9}$/
const WORD = /^[A-Za-z0-9_.:=-]{1,128}$/
const CGROUP = /^(?:-|\/[A-Za-z0-9_.:/@=,-]{1,512})$/
const RUN_ID = /^[0-9a-f]{32}$/
const STATUS = /^[0-9]{1,3}$/
const SECONDS = /^[0-9]{1,9}(?:\.[0-9]{1,9})?$/
const PLACES: readonly string[] = ['home', 'tmp', 'none'] satisfies readonly SpoolPlace[]
const CLAIMED_STATES: readonly string[] = ['begun', 'never-started', 'exited']

/** Parses a line that begins with `RCRON1 <id> `; null if it is not one, every part checked by its pattern. */
export function parseStartAnswer(line: string, id: RunId): StartAnswer | null {
  const words = wordsAfter(`RCRON1 ${id} `, line)
  if (words === null) return null
  const fields = fieldsOf(words)
  switch (words[0]) {
    case 'claimed':
      return claimedAnswer(fields.get('state') ?? '')
    case 'withheld':
      return withheldAnswer(fields.get('beside') ?? '')
    default:
      return words.every((word) => word.includes('=')) ? startedAnswer(fields) : null
  }
}

function claimedAnswer(state: string): StartAnswer | null {
  return CLAIMED_STATES.includes(state) ? { kind: 'claimed', state: state as 'begun' } : null
}

function withheldAnswer(beside: string): StartAnswer | null {
  if (beside === '-') return { kind: 'withheld', beside: null }
  return RUN_ID.test(beside) ? { kind: 'withheld', beside } : null
}

function startedAnswer(fields: ReadonlyMap<string, string>): StartAnswer | null {
  const trace = traceOf(fields)
  const spool = fields.get('spool') ?? ''
  return trace !== null && PLACES.includes(spool) ? { kind: 'started', trace, spool: spool as SpoolPlace } : null
}

/** The answer to a PROBE, by run; runs that the host did not answer for are left out. Noise is passed by, also where it does not end its line. */
export function parseProbeAnswer(text: string): ReadonlyMap<RunId, ProbeState> {
  const states = new Map<RunId, ProbeState>()
  for (const match of text.matchAll(/RCRONP ([0-9a-f]{32}) ([^\n]*)\n/g)) {
    const [, id = '', rest = ''] = match
    const state = probeStateOf(fieldsOf(rest.split(' ')))
    if (state !== null) states.set(id, state)
  }
  return states
}

/** Whether a PROBE's answer came to its end: the last thing that it says. */
export function isWholeAnswer(text: Buffer): boolean {
  return text.subarray(-64).toString('latin1').endsWith('RCRONP end\n')
}

/** The answer to a KILL; null if there is none that can be read, which confirms nothing. */
export function parseKillAnswer(text: string, id: RunId): KillAnswer | null {
  const [, line] = new RegExp(`RCRONK ${id} ([^\\n]*)\\n`).exec(text) ?? []
  if (line === undefined) return null
  const fields = fieldsOf(line.split(' '))
  switch (fields.get('result')) {
    case 'none':
      return { kind: 'none', guarded: fields.get('planted') !== '0', status: statusOf(fields), ...timedOf(fields) }
    case 'term':
      return { kind: 'ended', by: 'term', status: statusOf(fields), ...timedOf(fields) }
    case 'kill':
      return { kind: 'ended', by: 'kill', status: statusOf(fields), ...timedOf(fields) }
    case 'stuck':
      return {
        kind: 'stuck',
        pids: (fields.get('pids') ?? '')
          .split(',')
          .filter((pid) => PID.test(pid))
          .map(Number),
      }
    case 'unknown':
      return { kind: 'unknown' }
    case 'elsewhere':
      return { kind: 'elsewhere' }
    default:
      return null
  }
}

function sessionEndOf(fields: ReadonlyMap<string, string>): SessionEnd {
  return fields.get('ending') === 'kills' ? { killsAtSessionEnd: true } : {}
}

/** By one clock of the host, which began and ended the measuring. What cannot be is left out: that clock was set, say. */
function timedOf(fields: ReadonlyMap<string, string>): Timed {
  const [from = '', to = ''] = [fields.get('from'), fields.get('to')]
  if (!SECONDS.test(from) || !SECONDS.test(to)) return {}
  const tookMs = Math.round((Number(to) - Number(from)) * 1000)
  return tookMs < 0 ? {} : { tookMs }
}

function probeStateOf(fields: ReadonlyMap<string, string>): ProbeState | null {
  const state = fields.get('state')
  switch (state) {
    case 'running':
      return { kind: state, trace: traceOf(fields) }
    case 'exited': {
      const status = statusOf(fields)
      if (status === null) return null
      const endedByItself = fields.get('own') === '1'
      const hasKept = fields.get('kept') === '1'
      return { kind: state, status, endedByItself, hasKept, ...sessionEndOf(fields), ...timedOf(fields) }
    }
    case 'gone':
      return { kind: state, ...sessionEndOf(fields) }
    case 'rebooted':
    case 'elsewhere':
    case 'never-started':
    case 'unclaimed':
    case 'unknown':
      return { kind: state }
    default:
      return null
  }
}

function traceOf(fields: ReadonlyMap<string, string>): RunTrace | null {
  const [pid = '', start = '', boot = '', cgroup = ''] = ['pid', 'start', 'boot', 'cg'].map((name) => fields.get(name))
  const fits = PID.test(pid) && WORD.test(start) && WORD.test(boot) && CGROUP.test(cgroup)
  return fits ? { pid: Number(pid), start, boot, cgroup } : null
}

function statusOf(fields: ReadonlyMap<string, string>): HostStatus | null {
  const code = fields.get('rc') ?? ''
  if (!STATUS.test(code) || Number(code) > 255) return null
  const signal = fields.get('sig') ?? ''
  return { exitCode: Number(code), signal: STATUS.test(signal) ? Number(signal) : null }
}

function wordsAfter(prefix: string, line: string): readonly string[] | null {
  return line.startsWith(prefix) ? line.slice(prefix.length).trimEnd().split(' ') : null
}

function fieldsOf(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words
      .filter((word) => word.includes('='))
      .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  )
}
