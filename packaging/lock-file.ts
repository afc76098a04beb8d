import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from './release.ts'

/** What the lock file says of one installed package; its key is the path of its directory. */
export type LockEntry = {
  readonly version?: string
  readonly integrity?: string
  readonly license?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
}

export type LockEntries = Readonly<Record<string, LockEntry>>

export function readLockFile(): LockEntries {
  const text = readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8')
  return (JSON.parse(text) as { readonly packages: LockEntries }).packages
}
