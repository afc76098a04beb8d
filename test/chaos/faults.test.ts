import { deepEqual, equal } from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ChaosDaemon } from './chaos-daemon.ts'
import { ChaosDisk } from './chaos-disk.ts'
import { ChaosHost } from './chaos-host.ts'
import { ChaosTicks } from './chaos-ticks.ts'
import { FaultTally } from './fault-tally.ts'
import { FAULTS } from './faults.ts'
import { Healing } from './healing.ts'
import { Random } from './random.ts'
import { ProcessNumbers } from './rcron-process.ts'

/** With this one the cut comes at once: sshd closes a connection like the one below soon by itself. */
const SEED = 7

test('a part of the disk that was covered before the whole of it is uncovered first', (t) => {
  const disk = new ChaosDisk(join(mkdtempSync(join(tmpdir(), 'rcron-chaos-')), 'state'))
  t.after(() => disk.unmount())
  const isWritable = (name: string) => {
    try {
      writeFileSync(join(disk.directory, name, 'x'), '')
      return true
    } catch {
      return false
    }
  }
  const uncoverLocks = disk.cover('locks')
  const uncoverAll = disk.cover('')
  uncoverLocks()
  equal(isWritable('locks'), false)
  uncoverAll()
  deepEqual([isWritable('locks'), isWritable('')], [true, true])
})

test('what lies in wait for a command counts when it springs', async (t) => {
  const host = await ChaosHost.start()
  t.after(() => host.stop())
  const tally = new FaultTally()
  const numbers = new ProcessNumbers()
  const disk = new ChaosDisk(join(mkdtempSync(join(tmpdir(), 'rcron-chaos-')), 'state'))
  t.after(() => disk.unmount())
  const shared = {
    host,
    disk,
    random: new Random(SEED),
    daemon: new ChaosDaemon(numbers, {}),
    ticks: new ChaosTicks(numbers, {}),
    healing: new Healing(),
    longestMs: 10,
  }
  const lay = (kind: string) =>
    FAULTS.find((fault) => fault.kind === kind)?.strike({ ...shared, struck: () => tally.add(kind) })

  lay('cut as a command passes')
  deepEqual(tally.byKind, {})

  const client = connect(host.port, '127.0.0.1').on('error', () => {
    // It is cut: 'close' follows.
  })
  const closed = new Promise((resolve) => client.once('close', resolve))
  client.write(Buffer.alloc(2000))
  await closed
  deepEqual(tally.byKind, { 'cut as a command passes': 1 })
})
