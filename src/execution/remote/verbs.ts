import type { RunId, RunTrace } from '../../domain/run.ts'
import type { ClaimPolicy } from '../executor.ts'
import { assertSendable, encodeText, isPlain, SCRIPT_KEYS } from './encode.ts'
import { killScript, probeScript, readScript, type StartExtra, startScript, surveyScript } from './scripts.ts'
import { LONGEST_NAME, type ShownName } from './shown-name.ts'

declare const encodedBrand: unique symbol

/** A command ready to be sent; made once per definition, good for any number of runs. */
export type EncodedCommand = {
  /** Between single quotes, it stands for itself in every login shell. */
  readonly text: string
  /** Written by escapes for `printf %b`. */
  readonly isEscaped: boolean
  readonly [encodedBrand]: true
}

/** What a START asks of its host besides the command. */
export type StartOptions = {
  /** Shown by the host's list of processes. */
  readonly job: ShownName
  /** The run has an SSH connection to itself, so that all of its session scope is its own. */
  readonly ownConnection: boolean
  /** Keeps what the command prints, within a bound, until its outcome is forgotten. */
  readonly keepOutput: boolean
  /** Runs on this host whose outcome is known and recorded: their claims are swept sooner, and what they printed goes. At most 32 are sent. */
  readonly forget: readonly RunId[]
  /** How rcron's side remembers the run. Absent: it excludes none, and needs no memory. */
  readonly keeping?: ClaimPolicy | undefined
}

/** A run that is asked about or ended; its trace where the host reported it. */
export type KnownRun = {
  readonly id: RunId
  readonly trace: RunTrace | null
  /** How long ago it was handed over, which tells a host that rebooted since from another machine. */
  readonly ageMs?: number | null
}

/** What a PROBE asks for besides the state of its runs. */
export type ProbeOptions = {
  /** A run that was never claimed must not start any more: needed before another host is tried. */
  readonly plant: boolean
  /** Deliver what `keepOutput` kept. */
  readonly output: boolean
  readonly forget: readonly RunId[]
}

/** How a KILL ends its run. */
export type KillOptions = {
  readonly graceMs: number
  /** The run had an SSH connection to itself, so that all of its session scope is its own. */
  readonly ownConnection: boolean
}

const MOST_FORGOTTEN = 32

/** A START whose run id ends so sweeps the spool; start.sh goes by the same. */
const SWEEPING = '00'
const ANY_RUN: RunId = '0'.repeat(32)

const RUN_ID = /^[0-9a-f]{32}$/
const NUMBER = /^[0-9]{1,20}$/
const WORD = /^[A-Za-z0-9_.:=-]{1,128}$/
const SCOPE = /^\/[A-Za-z0-9_.:/@=,-]{1,512}$/

/** Throws an UnsendableError if `command` cannot be sent to any host. Bytes are taken as they are, text as UTF-8. */
export function encodeCommand(command: string | Uint8Array): EncodedCommand {
  const text = typeof command === 'string' ? command : Buffer.from(command).toString('latin1')
  const isEscaped = !isPlain(text)
  const encoded = { text: isEscaped ? encodeText(command) : text, isEscaped } as EncodedCommand
  // Every start must fit, with the most it can carry.
  const forget = Array<RunId>(MOST_FORGOTTEN).fill(ANY_RUN)
  assertSendable(startCommand(encoded, ANY_RUN, { job: LONGEST_NAME, ownConnection: true, keepOutput: true, forget }))
  return encoded
}

/** What is executed to start `run`. */
export function startCommand({ text, isEscaped }: EncodedCommand, run: RunId, options: StartOptions): string {
  const forget = options.forget.slice(0, MOST_FORGOTTEN).map(idOf)
  const { keeping } = options
  const isAlone = keeping?.isUnlocked === true
  const flags = `-${options.keepOutput ? 'k' : ''}${options.ownConnection ? 'g' : ''}${isAlone ? 'u' : ''}`
  const extras: StartExtra[] = []
  if (options.keepOutput) extras.push('keep')
  if (forget.length > 0) extras.push('forget')
  if (run.endsWith(SWEEPING)) extras.push('sweep')
  if (isAlone) extras.push('alone')
  const script = startScript(extras)
  const words = [
    idOf(run),
    flags,
    isEscaped ? 'e' : '-',
    keeping === undefined ? '-' : idOf(keeping.exclusion),
    ...forget,
  ]
  return sent({ script, words, command: text, shown: `"${options.job}" ${run}` })
}

/** What is executed to ask what became of these runs. */
export function probeCommand(runs: readonly KnownRun[], { plant, output, forget }: ProbeOptions): string {
  const flags = `-${plant ? 'p' : ''}${output ? 'o' : ''}`
  const asked = runs.map((run) => [idOf(run.id), ...traceWords(run.trace), ageWord(run)].join(','))
  const words = [flags, ...asked, ...forget.map((id) => `+${idOf(id)}`)]
  return assertSendable(sent({ script: probeScript(), words, shown: 'probe' }))
}

/** What is executed to end a run and prove it. */
export function killCommand(run: KnownRun, { graceMs, ownConnection }: KillOptions): string {
  const { id, trace } = run
  const cgroup = trace !== null && SCOPE.test(trace.cgroup) ? trace.cgroup : '-'
  const flags = ownConnection ? 'g' : '-'
  const grace = String(Math.max(0, Math.round(graceMs)))
  const words = [idOf(id), flags, grace, ...traceWords(trace), cgroup, ageWord(run)]
  return sent({ script: killScript(), words, shown: `kill ${id}` })
}

/** What is executed to learn what a login has of what supervision needs; `id` is one that no run has. */
export function surveyCommand(id: RunId): string {
  return sent({ script: surveyScript(), words: [idOf(id)], shown: `survey ${id}` })
}

type Sent = {
  readonly script: string
  readonly words: readonly string[]
  readonly command?: string
  /** What the host's list of processes shows behind rcron's name. */
  readonly shown: string
}

/**
 * The login shell becomes a POSIX shell at once; no process is added. All of it travels in the environment: the arguments, which every
 * user of the host can see, hold no command, and a search for a command finds the command alone. csh has no export: there, and only
 * there, $shell is set, and export stands for an env that becomes the POSIX shell. It reads an alias from the next line on.
 */
function sent({ script, words, command, shown }: Sent): string {
  const given = command === undefined ? '' : ` RCRON_C='${command}'`
  const variables = `RCRON_K=${SCRIPT_KEYS} RCRON_R='${readScript()}' RCRON_S='${script}' RCRON_A='${words.join(' ')}'${given}`
  return [
    `test -n "$shell" && alias export 'exec env \\!* /bin/sh -c eval\\ \\"\\$RCRON_R\\" rcron ${shown}'`,
    `export ${variables};exec /bin/sh -c 'eval "$RCRON_R"' rcron ${shown}`,
  ].join('\n')
}

function idOf(id: RunId): string {
  if (!RUN_ID.test(id)) throw new TypeError(`run id is ${JSON.stringify(id)}, expected 32 lower-case hex digits`)
  return id
}

/** pid, start and boot, each checked: they came from a host, perhaps through a file. */
function traceWords(trace: RunTrace | null): readonly string[] {
  const fits = trace !== null && NUMBER.test(String(trace.pid)) && WORD.test(trace.start) && WORD.test(trace.boot)
  return fits ? [String(trace.pid), trace.start, trace.boot] : ['-', '-', '-']
}

/** Whole seconds, no fewer than have passed. */
function ageWord({ ageMs = null }: KnownRun): string {
  return ageMs === null ? '-' : String(Math.max(0, Math.ceil(ageMs / 1000)))
}
