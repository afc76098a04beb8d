import { deepEqual, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { OrderedRecorder } from '../../../src/store/runs/record-run.ts'
import type { RunRecord } from '../../../src/store/runs/run-recorder.ts'
import type { Engine } from '../../../src/store/sql/engine.ts'

/** An engine whose writes end when the test says so. */
function slowEngine() {
  const writes: PromiseWithResolvers<void>[] = []
  const writeIdempotent = (): Promise<never> => {
    const write = Promise.withResolvers<void>()
    writes.push(write)
    return write.promise as Promise<never>
  }
  return { writes, recorder: new OrderedRecorder({ writeIdempotent } as unknown as Engine) }
}

const record = (cronId: number): RunRecord => ({ cronId, lastRun: 1e12, durationMs: 1, errors: null })

test('records of one cron are written one after the other, those of others at once', async () => {
  const { writes, recorder } = slowEngine()
  const all = [record(1), record(1), record(2)].map((each) => recorder.recordRun(each))
  await nextTurn()
  deepEqual(writes.length, 2)
  writes[0]?.resolve()
  await nextTurn()
  deepEqual(writes.length, 3)
  for (const write of writes) write.resolve()
  await Promise.all(all)
})

test('a record that cannot be written does not keep the next from being written', async () => {
  const { writes, recorder } = slowEngine()
  const first = rejects(recorder.recordRun(record(1)), /away/)
  const second = recorder.recordRun(record(1))
  await nextTurn()
  writes[0]?.reject(new Error('away'))
  await first
  await nextTurn()
  deepEqual(writes.length, 2)
  writes[1]?.resolve()
  await second
})
