import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { RecordQueue } from '../../src/history/record-queue.ts'
import type { RunRecord } from '../../src/store/runs/run-recorder.ts'
import { RecordingLog } from '../support/builders.ts'
import { HandClock, settled } from '../support/hand-clock.ts'

const aRecord = (cronId: number): RunRecord => ({ cronId, lastRun: 0, durationMs: null, errors: null })

for (let hops = 0; hops < 30; hops++) {
  test(`a record that comes ${hops} turns after another went to the store does not wait for a third`, async () => {
    const written: number[] = []
    const recordRun = async ({ cronId }: RunRecord) => {
      written.push(cronId)
      if (cronId === 1) void addAfter(hops)
    }
    const queue = new RecordQueue({ recorder: { recordRun }, clock: new HandClock(0), log: new RecordingLog() })
    const addAfter = async (turns: number) => {
      for (let turn = 0; turn < turns; turn++) await null
      queue.add(aRecord(2))
    }
    queue.add(aRecord(1))
    await settled()
    await queue.flushed()
    deepEqual(written, [1, 2])
  })
}
