import { createHostKeys } from '../../../src/hosts/host-keys/host-keys.ts'
import { recordingLog } from './recording-log.ts'

/** Started by a test as a process of its own: learns one key for many hosts, and prints a letter for each verdict. */
const [file = '', key = '', count = '0'] = process.argv.slice(2)
const hostKeys = createHostKeys({ file, policy: 'accept-new', log: recordingLog() })
const blob = Buffer.from(key, 'base64')
const verdicts = Array.from({ length: Number(count) }, (_, index) => hostKeys.verify(`host${index}`, 22, blob).kind[0])
process.stdout.write(verdicts.join(''))
