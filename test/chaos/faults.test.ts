import { deepEqual } from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { ChaosDaemon } from './chaos-daemon.ts'
import { ChaosHost } from './chaos-host.ts'
import { FaultTally } from './fault-tally.ts'
import { FAULTS } from './faults.ts'
import { Healing } from './healing.ts'
import { Random } from './random.ts'

/** With this one the cut comes at once: sshd closes a connection like the one below soon by itself. */
const SEED = 7

test('what lies in wait for a command counts when it springs', async (t) => {
  const host = await ChaosHost.start()
  t.after(() => host.stop())
  const tally = new FaultTally()
  const shared = { host, random: new Random(SEED), daemon: new ChaosDaemon({}), healing: new Healing(), longestMs: 10 }
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
