import { randomBytes } from 'node:crypto'
import { pauseFindings } from '../../definitions/judge/pauses/judge-pause.ts'
import type { Snapshot } from '../../definitions/snapshot.ts'
import type { SnapshotSource } from '../../definitions/snapshot-source.ts'
import { OperatorError } from '../../domain/errors.ts'
import type { PauseRow } from '../../domain/pauses/pause-row.ts'
import type { Clock } from '../../platform/clock.ts'
import { formatInstant } from '../../schedule/local-time.ts'
import { zoneOf } from '../../schedule/timezone.ts'
import { ControlFault } from '../faults.ts'
import type { PauseList, PauseOrder, PauseReport, ResumeOrder } from '../schemas.ts'
import { type Describing, describedPauses, describedRows } from './described-pauses.ts'
import { pauseRowsOf, resumedRowsOf } from './pause-rows.ts'

/** Where pauses are kept, and by what they are judged. */
export type PausesParts = {
  readonly clock: Pick<Clock, 'now'>
  /** What is defined, as it is known now. */
  readonly source: Pick<SnapshotSource, 'snapshot' | 'definitions'>
  readonly timezone: () => string
  /** Rejects while the store is away. */
  readonly write: (rows: readonly PauseRow[], now: number) => Promise<void>
  /** Has what was written taken up; whether it is. */
  readonly takeUp: () => Promise<boolean>
}

/** Keeps jobs from being started for a time, and ends that. Everything rejects with a ControlFault where it is not done. */
export class Pauses {
  readonly #parts: PausesParts

  constructor(parts: PausesParts) {
    this.#parts = parts
  }

  /** Those that are not over. */
  list(): PauseList {
    const { now, timezone } = this.#describing()
    const items = [...describedPauses(this.#parts.source.snapshot?.pauses ?? [], this.#describing())]
    return { schema: 'rcron.pauses.v1', generated: formatInstant(now, zoneOf(timezone)), items }
  }

  async pause(order: PauseOrder, by: string): Promise<PauseReport> {
    const newId = () => randomBytes(16).toString('hex')
    const now = this.#parts.clock.now()
    const rows = pauseRowsOf(order, this.#pausable(), { now, by, newId })
    const [first] = rows
    const findings = first === undefined ? [] : pauseFindings(first, this.#parts.timezone())
    if (findings.length > 0) {
      const said = findings.map(({ field, message, hint }) => [`${field}: ${message}`, hint ?? []].flat().join('; '))
      throw new ControlFault('INVALID', said.join('\n'))
    }
    return await this.#write(rows, now)
  }

  async resume(order: ResumeOrder): Promise<PauseReport> {
    const now = this.#parts.clock.now()
    return await this.#write(resumedRowsOf(order, this.#pausable(), now), now)
  }

  async #write(rows: readonly PauseRow[], now: number): Promise<PauseReport> {
    const { write, takeUp } = this.#parts
    try {
      await write(rows, now)
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error
      throw new ControlFault('STORE', `nothing was changed: ${error.message}`, error.hint)
    }
    const isTakenUp = await takeUp()
    return { items: [...describedRows(rows, this.#describing())], isTakenUp }
  }

  #describing(): Describing {
    const { clock, source, timezone } = this.#parts
    return { crons: source.snapshot?.crons ?? [], now: clock.now(), timezone: timezone() }
  }

  #pausable(): { readonly snapshot: Snapshot; readonly definitions: SnapshotSource['definitions'] } {
    const { snapshot, definitions } = this.#parts.source
    if (snapshot === null) throw new ControlFault('REFUSED', 'there are no definitions to go by: the store is away')
    return { snapshot, definitions }
  }
}
