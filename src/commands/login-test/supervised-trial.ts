import { randomBytes } from 'node:crypto'
import { cronOf } from '../../definitions/judge/cron-of.ts'
import { unset } from '../../domain/columns/column.ts'
import { CRON_COLUMNS } from '../../domain/columns/crons.ts'
import type { Cron } from '../../domain/cron.ts'
import { minuteOf } from '../../domain/minute.ts'
import { describeOutcome } from '../../domain/outcome.ts'
import type { RunResult, RunTrace } from '../../domain/run.ts'
import { parseProbeAnswer } from '../../execution/remote/answers.ts'
import { probeCommand } from '../../execution/remote/verbs.ts'
import { SessionRunHosts } from '../../execution/supervision/session-run-hosts.ts'
import { createSupervisor } from '../../execution/supervision/supervisor.ts'
import type { LoginParts } from '../../hosts/login-of.ts'
import type { Access } from '../../hosts/target.ts'
import type { Login } from '../../hosts/transport.ts'
import { type AskParts, askHost } from './ask-host.ts'

/** What a command is tried with. */
export type TrialParts = AskParts & LoginParts

/** What became of a run that was supervised as a cron's would be. */
export type Trial =
  /** It ended as it should; `isKept` where its host has reported its end a second time, asked as after a broken connection. */
  { readonly kind: 'succeeded'; readonly isKept: boolean } | { readonly kind: 'failed'; readonly reason: string }

const TIMEOUT_S = 15
const ANSWER_MS = 10_000

/** Starts a harmless run on its host, collects its end, asks the host for it again, and has it forgotten there. Never rejects. */
export async function trySupervision(access: Access, login: Login, parts: TrialParts): Promise<Trial> {
  const word = randomBytes(6).toString('hex')
  const { outcome, output, isKept } = await superviseOnce(access, login, { command: `echo ${word}`, parts })
  if (outcome.kind !== 'succeeded') return { kind: 'failed', reason: `it ${describeOutcome(outcome)}` }
  if (!output.head.includes(word)) return { kind: 'failed', reason: 'it succeeded, but its output did not come back' }
  return { kind: 'succeeded', isKept }
}

/** What became of a command; `isKept` as in a Trial. */
type Supervised = RunResult & { readonly isKept: boolean }

/** Carries out a command as that of a cron is, and has its host forget it. Never rejects. */
export async function superviseOnce(
  access: Access,
  login: Login,
  { command, parts }: { readonly command: string; readonly parts: TrialParts },
): Promise<Supervised> {
  const { clock } = parts
  const id = randomBytes(16).toString('hex')
  const hosts = new SessionRunHosts({ ...parts, answerMs: ANSWER_MS })
  const supervisor = createSupervisor({
    hosts,
    clock,
    lostAfterMs: ANSWER_MS,
    preambleMs: ANSWER_MS,
    random: Math.random,
    noteSpool: () => undefined,
  })
  let trace: RunTrace | null = null
  const watch = {
    started: (told: RunTrace) => {
      trace = told
    },
    unknown: () => undefined,
    found: () => undefined,
  }
  const run = { id, cron: trialCron(access, command), minute: minuteOf(clock.now()) }
  const result = await supervisor.start(run, watch).result
  return { ...result, isKept: await forget({ id, trace }, login, parts) }
}

/** Asks for the end of a run and has its claim forgotten; answers whether the end was reported. */
async function forget(run: Parameters<typeof probeCommand>[0][number], login: Login, parts: AskParts) {
  const command = probeCommand([run], { plant: false, output: false, forget: [run.id] })
  const asked = await askHost(login, command, parts)
  const state = asked.kind === 'ended' ? parseProbeAnswer(asked.stdout).get(run.id) : undefined
  return state?.kind === 'exited' && state.status.exitCode === 0
}

/** A cron as no row has it: on a connection of its own, as one of action clobber. */
function trialCron({ system, auth }: Access, command: string): Cron {
  const row = {
    ...unset(CRON_COLUMNS),
    id: 0,
    cron_name: 'rcron test',
    cron_path: command,
    enabled: 1,
    host: system.id,
    user: auth.id,
    timeout_s: TIMEOUT_S,
    kill_grace_s: 1,
    own_connection: 1,
  }
  return cronOf(row, { action: 'failover', system, auth, defaultTimezone: 'UTC' })
}
