import { AUTH_COLUMNS } from '../../domain/columns/auths.ts'
import { unset } from '../../domain/columns/column.ts'
import { CRON_COLUMNS } from '../../domain/columns/crons.ts'
import { SYSTEM_COLUMNS } from '../../domain/columns/systems.ts'
import type { PauseRow } from '../../domain/pauses/pause-row.ts'
import type { AuthRow, CronRow, Definitions, SystemRow } from '../../domain/rows.ts'
import { yieldToOthers } from '../../platform/waiting/yielding.ts'
import type { CachedDefinitions } from './definitions-cache.ts'

/** How many rows are turned into text, or back, before others have their turn: a few milliseconds' work. */
const ROWS_PER_FRAME = 500
const LENGTH_BYTES = 4

/** An older rcron did not know all columns. */
const UNSET = { auth: unset(AUTH_COLUMNS), system: unset(SYSTEM_COLUMNS), cron: unset(CRON_COLUMNS) }

type Frame =
  | { readonly savedAt: number }
  | { readonly auths: readonly AuthRow[] }
  | { readonly systems: readonly SystemRow[] }
  | { readonly crons: readonly CronRow[] }
  | { readonly pauses: readonly PauseRow[] }

/** Cached definitions as a sequence of small JSON texts, each after its length; the work for one is done when it is asked for. */
export function* framesOf({ savedAt, definitions }: CachedDefinitions): Generator<Buffer> {
  yield formatFrame({ savedAt })
  for (const auths of slicesOf(definitions.auths)) yield formatFrame({ auths })
  for (const systems of slicesOf(definitions.systems)) yield formatFrame({ systems })
  for (const crons of slicesOf(definitions.crons)) yield formatFrame({ crons })
  for (const pauses of slicesOf(definitions.pauses ?? [])) yield formatFrame({ pauses })
}

/** The reverse, for bytes that have been proved to be ours. */
export async function joinFrames(bytes: Buffer): Promise<CachedDefinitions> {
  const auths: AuthRow[] = []
  const systems: SystemRow[] = []
  const crons: CronRow[] = []
  const pauses: PauseRow[] = []
  let savedAt = 0
  for (const frame of parseFrames(bytes)) {
    if ('savedAt' in frame) savedAt = frame.savedAt
    if ('auths' in frame) auths.push(...frame.auths.map((row) => ({ ...UNSET.auth, ...row })))
    if ('systems' in frame) systems.push(...frame.systems.map((row) => ({ ...UNSET.system, ...row })))
    if ('crons' in frame) crons.push(...frame.crons.map((row) => ({ ...UNSET.cron, ...row })))
    if ('pauses' in frame) pauses.push(...frame.pauses)
    await yieldToOthers()
  }
  const definitions: Definitions = { auths, systems, crons, ...(pauses.length > 0 && { pauses }) }
  return { savedAt, definitions }
}

function* slicesOf<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += ROWS_PER_FRAME) yield rows.slice(from, from + ROWS_PER_FRAME)
}

function formatFrame(frame: Frame): Buffer {
  const json = JSON.stringify(frame)
  const bytes = Buffer.byteLength(json)
  const buffer = Buffer.allocUnsafe(LENGTH_BYTES + bytes)
  buffer.writeUInt32BE(bytes)
  buffer.write(json, LENGTH_BYTES)
  return buffer
}

function* parseFrames(bytes: Buffer): Generator<Frame> {
  let at = 0
  while (at < bytes.length) {
    const from = at + LENGTH_BYTES
    at = from + bytes.readUInt32BE(at)
    yield JSON.parse(bytes.toString('utf8', from, at))
  }
}
