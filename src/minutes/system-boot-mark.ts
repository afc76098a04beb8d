import { join } from 'node:path'
import { readBoundedFileSync } from '../platform/files/bounded-file.ts'
import { replaceFile } from '../platform/files/whole-file.ts'
import type { Log } from '../platform/log/log.ts'
import { localBootId } from '../platform/process-identity.ts'
import type { BootMark } from './boot-mark.ts'

/** Its name in the state directory. */
export const BOOT_MARK_NAME = 'boot-id'
/** A boot's id is 36 characters long, or a little more where the kernel's is hidden. */
const MAX_BYTES = 200

/** The boot during which rcron was started last, in a file of the state directory. */
export function createSystemBootMark(stateDirectory: string, log: Log): BootMark {
  const path = join(stateDirectory, BOOT_MARK_NAME)
  return {
    async newBoot() {
      const boot = localBootId()
      return boot === readBootMark(path) ? null : boot
    },
    async keep(boot) {
      try {
        await replaceFile(path, async (file) => await file.writeFile(`${boot}\n`))
        return true
      } catch (error) {
        log.error({ path, err: error }, '@reboot crons skipped: cannot record this boot')
        return false
      }
    },
  }
}

/** The boot that is marked at `path`; null if none is. */
export function readBootMark(path: string): string | null {
  try {
    return readBoundedFileSync(path, MAX_BYTES).content.toString('utf8').trim()
  } catch {
    return null // The first start; or a file that `replaceFile` replaces, or complains about.
  }
}
