import { createHostKeys } from '../../../src/hosts/host-keys/host-keys.ts'
import { realClock } from '../../support/real-clock.ts'
import { recordingLog } from './recording-log.ts'

/** Started by a test as a process of its own: learns one key for many hosts, and prints a letter for each verdict. */
const [file = '', key = '', count = '0'] = process.argv.slice(2)
const hostKeys = createHostKeys({ file, policy: 'accept-new', clock: realClock, log: recordingLog() })
const blob = Buffer.from(key, 'base64')
for (let index = 0; index < Number(count); index++) {
  const { kind } = await hostKeys.verify(`host${index}`, 22, blob)
  process.stdout.write(kind.slice(0, 1))
}
