import { composeClock } from '../../../app/parts.ts'
import { ExitError, InvalidInputError } from '../../../domain/errors.ts'
import { describeHostPort } from '../../../domain/host-port.ts'
import type { AuthRow, SystemRow } from '../../../domain/rows.ts'
import { replaceHostKey } from '../../../hosts/host-keys/replace-host-key.ts'
import type { Entry, StoredCron, SystemReplacement } from '../../../store/definitions/definition-editor.ts'
import { askConfirmation, canAsk } from '../../cli/confirm.ts'
import type { ExitCode } from '../../cli/context.ts'
import { describeActiveRun } from '../describe-active-run.ts'
import { findEntry, missingRow } from '../find-entry.ts'
import { NOTHING_BESIDE, type Options } from '../noun.ts'
import { system as noun } from '../system.ts'
import type { VerbParts } from '../verbs.ts'
import { soundRows } from '../with-related.ts'
import { type AskedHostKey, askHostKey, expectedFingerprint, refuseOtherKey } from './asked-host-key.ts'
import { changesOf, replacementOf } from './changes-of.ts'
import { describeKey, describePlan } from './describe-replacement.ts'
import { placeOf, planReplacement, type ReplacementPlan, type Successor } from './plan-replacement.ts'

const NOT_FOUND = 4
const REFUSED = 6

type Planned = { readonly plan: ReplacementPlan<StoredCron>; readonly auths: readonly AuthRow[] }

/** Has the machine that `successor` names take the place of a system, once its host key is confirmed: shows what that changes, then does all of it. */
export async function replaceSystem(
  [reference, successor]: readonly [string, string],
  options: Options,
  parts: VerbParts,
): Promise<ExitCode> {
  const expected = expectedFingerprint(options)
  const { plan, auths } = await planOf(reference, successor, parts)
  const tell = tellerOf(options, parts)
  for (const line of describePlan(plan, auths)) tell(line)
  refuseForbidden(plan)
  await refuseActive(plan, options, parts)
  const asked = await askHostKey(plan.next, parts)
  for (const line of describeKey(describeHostPort(asked.host, asked.port), asked.facts)) tell(line)
  refuseOtherKey(asked, expected)
  const isSame = plan.successor.kind === 'rebuilt' && asked.facts.verdict === 'known'
  const isDone = !isSame && options['dryRun'] !== true
  if (isDone) await carryOut(plan, asked, { options, parts })
  if (options['json'] === true) parts.output.json(answerOf(plan, asked, isDone))
  else tell(endOf(plan.old.id, { isSame, isDone }))
  if (isDone) await parts.tellTakeUp()
  return 0
}

function endOf(id: number, { isSame, isDone }: { readonly isSame: boolean; readonly isDone: boolean }): string {
  if (isDone) return `replaced system ${id}`
  return isSame ? 'There is nothing to change.' : 'Nothing was changed.'
}

/** A program reads the answer alone; a person who is asked sees what it is about. */
function tellerOf(options: Options, { output }: VerbParts): (line: string) => void {
  return options['json'] === true ? (line) => output.note(line) : (line) => output.line(line)
}

async function planOf(reference: string, word: string, parts: VerbParts): Promise<Planned> {
  const { editor } = parts
  const old = rowOf(await findEntry(noun, editor, reference))
  const successor = await successorOf(old, word, parts)
  const auths = soundRows(await editor.auths.list())
  const rows = {
    systems: soundRows(await editor.systems.list()),
    auths,
    crons: soundRows(await editor.crons.list()),
    pauses: await editor.pauses(),
  }
  return { plan: planReplacement(old, successor, rows, Date.now()), auths }
}

function rowOf({ row, problem }: Entry<SystemRow>): SystemRow {
  if (row !== null) return row
  throw new InvalidInputError(problem === null ? [] : [problem])
}

async function successorOf(old: SystemRow, word: string, { editor, judge }: VerbParts): Promise<Successor> {
  const found = await noun.find(editor, word)
  // Its own name means the system itself, whatever else is called so.
  if (found.some(({ id }) => id === old.id)) return { kind: 'rebuilt' }
  if (found.length > 0) return { kind: 'merged', system: rowOf(await findEntry(noun, editor, word)) }
  if (/^\d+$/.test(word)) throw new InvalidInputError([missingRow(noun.name, word)], NOT_FOUND)
  const place = placeOf(word, old)
  await judge({ auths: [], systems: [{ ...old, ...place }], crons: [], beside: NOTHING_BESIDE })
  return { kind: 'moved', place }
}

function refuseForbidden({ successor, refusals }: ReplacementPlan): void {
  if (refusals.length === 0) return
  throw new ExitError(
    REFUSED,
    `${refusals.join('; ')}; nothing was changed`,
    successor.kind === 'merged' ? 'Remove one of each, or give it another name or host.' : null,
  )
}

/** What goes on there would be out of reach: its end could not be known, nor could it be ended. */
async function refuseActive({ old, crons }: ReplacementPlan, options: Options, parts: VerbParts): Promise<void> {
  const ids = new Set(crons.map(({ id }) => id))
  const active = (await parts.activeRuns()).filter(({ cronId, systemId }) => ids.has(cronId) || systemId === old.id)
  if (active.length === 0 || options['force'] === true) return
  for (const lock of active) parts.output.note(describeActiveRun(lock, 'and is not followed to another machine'))
  throw new ExitError(
    REFUSED,
    `${active.length === 1 ? 'a run is' : `${active.length} runs are`} active on system ${old.id}; nothing was changed`,
    'Wait for the end, end it with "rcron kill", or give --force where the machine is gone.',
  )
}

async function confirm({ facts }: AskedHostKey, { context }: VerbParts): Promise<void> {
  if (canAsk(context)) {
    const question = facts.verdict === 'known' ? 'Replace the system?' : 'Is this its key, and replace the system?'
    if (await askConfirmation(context, question)) return
    throw new ExitError(REFUSED, 'cancelled: nothing was changed', null)
  }
  throw new ExitError(
    REFUSED,
    'the host key is not confirmed: nothing was changed',
    `Compare it with the host itself, and give --host-key ${facts.fingerprint}, or --yes for whichever it shows.`,
  )
}

/** Once it is confirmed. The key first: no run may meet another one in between. */
async function carryOut(
  plan: ReplacementPlan<StoredCron>,
  asked: AskedHostKey,
  { options, parts }: { readonly options: Options; readonly parts: VerbParts },
): Promise<void> {
  if (typeof options['hostKey'] !== 'string' && options['yes'] !== true) await confirm(asked, parts)
  await refuseActive(plan, options, parts)
  const { output, settings, editor } = parts
  const { host, port, key, facts } = asked
  if (facts.verdict !== 'known') {
    await replaceHostKey({ file: settings.knownHostsFile, host, port, key, clock: composeClock() })
    output.note(`${settings.knownHostsFile} has the key of ${describeHostPort(host, port)}.`)
  }
  const replacement: SystemReplacement | null = replacementOf(plan)
  if (replacement !== null) await editor.replaceSystem(replacement)
  await parts.noteChanges('replace', changesOf(plan, facts))
  await parts.keepNames()
}

function answerOf(
  { old, successor, next, crons, pauses, limited }: ReplacementPlan,
  { facts }: AskedHostKey,
  isDone: boolean,
) {
  const placed = ({ id, host, port, local_port }: SystemRow) => ({ id, host, port, local_port })
  return {
    schema: 'rcron.replacement.v1',
    is_done: isDone,
    kind: successor.kind,
    old: placed(old),
    new: placed(next),
    crons: crons.map(({ id, cron_name, user }) => ({ id, name: cron_name, user })),
    pauses: pauses.map(({ became, fate }) => ({ id: became.id, subject: became.subject, fate })),
    limited_auths: limited.map(({ id, user, hosts }) => ({ id, user, hosts })),
    host_key: facts,
  }
}
