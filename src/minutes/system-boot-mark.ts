import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { localBootId } from '../platform/boot-id.ts'
import { replaceFile } from '../platform/files/replace-file.ts'
import type { Log } from '../platform/log/log.ts'
import type { BootMark } from './boot-mark.ts'

/** Its name in the state directory. */
export const BOOT_MARK_NAME = 'boot-id'

/** The boot during which rcron was started last, in a file of the state directory. */
export function createSystemBootMark(stateDirectory: string, log: Log): BootMark {
  const path = join(stateDirectory, BOOT_MARK_NAME)
  return {
    async firstStartSinceBoot() {
      const boot = localBootId()
      if (boot === null || boot === (await readOrNull(path))) return false
      try {
        await replaceFile(path, async (file) => await file.writeFile(`${boot}\n`))
        return true
      } catch (error) {
        log.error({ path, err: error }, '@reboot crons do not run: that they did could not be remembered')
        return false
      }
    },
  }
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch {
    return null // The first start; or a file that `replaceFile` will complain about.
  }
}
