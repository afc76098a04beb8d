import { deepEqual, equal } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { hold } from '../../../src/platform/files/exclusion.ts'
import { PlainLab } from '../../support/plain-lab.ts'
import { realClock } from '../../support/real-clock.ts'
import { startSshd } from '../../support/sshd.ts'
import { until } from '../../support/wait-until.ts'

test('A4: a login waits while another rcron learns a key, and goes on through exchanges of keys', async () => {
  await using sshd = await startSshd({ config: ['RekeyLimit 64K', 'LogLevel DEBUG1'] })
  await using lab = new PlainLab()
  const release = await hold({ path: `${lab.knownHosts}.lock`, clock: realClock, waitMs: 0 })
  const host = { port: sshd.port, secret: sshd.clientKey.contents }
  const running = lab.start(host, 'head -c 1000000 /dev/zero')
  await until('the host waits for the login to go on', () => /expecting SSH2_MSG_NEWKEYS/.test(sshd.log()))
  release()
  const { outcome, output } = await running.result
  deepEqual([outcome, output.stdoutBytes], [{ kind: 'succeeded' }, 1_000_000])
  equal(readFileSync(lab.knownHosts, 'utf8').trim().split('\n').length, 1)
})
