import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readOwnFile } from '../platform/files/own-file.ts'
import { createFileSync } from '../platform/files/whole-file.ts'
import type { Log } from '../platform/log/log.ts'

const FILE_NAME = 'installation-id'
const MAX_BYTES = 100

/**
 * What names this installation in its run ids: 32 hex digits, made once in the state directory. Where they can neither be read
 * nor written, they are derived from the machine and the path, so that a restart still gives the same runs the same ids.
 */
export function installationId(stateDirectory: string, log: Log): string {
  const path = join(stateDirectory, FILE_NAME)
  try {
    const found = idIn(path)
    if (found !== null) return found
    const made = randomBytes(16).toString('hex')
    return createFileSync(path, `${made}\n`) ? made : (idIn(path) ?? made)
  } catch (error) {
    log.error({ path, err: error }, 'cannot keep the installation id; using one derived from this machine')
    return createHash('sha256').update(`${machineId()},${path}`).digest('hex').slice(0, 32)
  }
}

function idIn(path: string): string | null {
  const text = readOwnFile(path, MAX_BYTES)?.trim()
  if (text === undefined) return null
  if (!/^[0-9a-f]{32}$/.test(text))
    throw new Error(`expected 32 hex digits in ${path}; remove the file, and rcron creates a new one`)
  return text
}

function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim()
  } catch {
    return '-' // The path alone has to do.
  }
}
