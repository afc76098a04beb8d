import type { AuditRow } from '../../domain/history/audit-row.ts'
import type { Resolution } from '../../domain/history/plan-resolution.ts'
import type { PauseRow } from '../../domain/pauses/pause-row.ts'
import type { DefinitionEditor } from '../definitions/definition-editor.ts'
import type { DefinitionStore, LoadedDefinitions } from '../definitions/definition-store.ts'
import { loadDefinitions } from '../definitions/load-definitions.ts'
import { createSqlEditor } from '../definitions/sql-editor.ts'
import type { AuditQuery } from '../history/audit.ts'
import type {
  HistoryBatch,
  HistoryKeeping,
  HistoryReading,
  HistoryWriting,
  Retention,
  SweepPlace,
} from '../history/history-store.ts'
import type { Resolved } from '../history/resolve-run.ts'
import { OrderedRecorder } from '../runs/record-run.ts'
import type { RunRecord, RunRecorder } from '../runs/run-recorder.ts'
import { applySchema } from './apply-schema.ts'
import { DatabaseFault } from './database-fault.ts'
import type { Engine } from './engine.ts'
import { missingSteps } from './missing-steps.ts'
import type { AppliedSchema, SchemaStep, SchemaStore } from './schema-store.ts'
import type { PresentColumns } from './tables.ts'

/** All that is kept in one SQL database, whichever it is. */
export class SqlStore implements DefinitionStore, RunRecorder, SchemaStore, HistoryWriting, HistoryKeeping {
  readonly editor: DefinitionEditor
  readonly #engine: Engine
  readonly #recorder: OrderedRecorder

  constructor(engine: Engine) {
    this.#engine = engine
    this.editor = createSqlEditor(engine)
    this.#recorder = new OrderedRecorder(engine)
  }

  loadDefinitions(): Promise<LoadedDefinitions> {
    return loadDefinitions(this.#engine)
  }

  recordRun(record: RunRecord): Promise<void> {
    return this.#recorder.recordRun(record)
  }

  async writeHistory(batch: HistoryBatch): Promise<void> {
    const { writeHistory } = await import('../history/write-history.ts')
    await writeHistory(this.#engine, batch)
  }

  async sweepHistory(place: SweepPlace, retention: Retention): Promise<SweepPlace | null> {
    const { sweepHistory } = await import('../history/sweep-history.ts')
    return await sweepHistory(this.#engine, place, retention)
  }

  async rebuildHistory(before: number, tell: (done: string) => void): Promise<void> {
    const { rebuildHistory } = await import('../history/rebuild-history.ts')
    await rebuildHistory(this.#engine, before, tell)
  }

  /** What is read of history. */
  async history(): Promise<HistoryReading> {
    const { SqlHistoryReading } = await import('../history/read-history.ts')
    return new SqlHistoryReading(this.#engine)
  }

  /** The zones of jobs that have one of their own, by `jobKey`. */
  async jobZones(): Promise<ReadonlyMap<string, string>> {
    const { readJobZones } = await import('../definitions/job-zones.ts')
    return await readJobZones(this.#engine)
  }

  async writeAudit(rows: readonly AuditRow[]): Promise<void> {
    const { writeAudit } = await import('../history/audit.ts')
    await writeAudit(this.#engine, rows)
  }

  async readAudit(query: AuditQuery): Promise<readonly AuditRow[]> {
    const { readAudit } = await import('../history/audit.ts')
    return await readAudit(this.#engine, query)
  }

  /** As `resolveRun` of its history. */
  async resolveRun(id: string, resolution: Resolution): Promise<Resolved> {
    const { resolveRun } = await import('../history/resolve-run.ts')
    return await resolveRun(this.#engine, id, resolution)
  }

  /** Puts pauses in place of those with their ids. What has been over for long by `now` goes. */
  async writePauses(rows: readonly PauseRow[], now: number): Promise<void> {
    const { writePauses } = await import('../pauses/write-pauses.ts')
    await writePauses(this.#engine, rows, now)
  }

  async planSchema(): Promise<readonly SchemaStep[]> {
    return missingSteps(this.#engine.sets, await this.#presentColumns())
  }

  async applySchema(steps: readonly SchemaStep[]): Promise<AppliedSchema> {
    if (steps.length > 0) await this.#engine.create()
    return await applySchema(this.#engine, steps)
  }

  close(): Promise<void> {
    return this.#engine.close()
  }

  async #presentColumns(): Promise<PresentColumns> {
    try {
      return await this.#engine.readSnapshot((ask) => this.#engine.presentColumns(ask))
    } catch (error) {
      if (error instanceof DatabaseFault && error.kind === 'not-made') return new Map()
      throw error
    }
  }
}
