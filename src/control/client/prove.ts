import { closeSync, lstatSync, openSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { ExitError } from '../../domain/errors.ts'
import { codeOf } from '../../platform/error-code.ts'
import { PROOF_HEADER, SUDO_HEADER } from '../proof-names.ts'
import type { Challenge } from '../schemas.ts'

/** A challenge that is met until this is disposed of, and the headers that say so. */
export type Proof = Disposable & { readonly headers: Readonly<Record<string, string>> }

const NAME = /^[\w.@-]+$/

/** Proves to the daemon who asks; `sudoUser`: for whom, where root or the daemon's own account does. Throws an ExitError where the file for that cannot be made. */
export function prove({ challenge, path }: Challenge, sudoUser: string | null): Proof {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    throw new ExitError(5, `cannot prove to the daemon who asks: cannot make ${path} (${codeOf(error)})`, null, {
      cause: error,
    })
  }
  const isNamed = sudoUser !== null && NAME.test(sudoUser) && mayNameAnother(path)
  return {
    headers: { [PROOF_HEADER]: challenge, ...(isNamed && { [SUDO_HEADER]: sudoUser }) },
    [Symbol.dispose]: () => rmSync(path, { force: true }),
  }
}

/** Root, and the account of the daemon, whose directory it is. */
function mayNameAnother(path: string): boolean {
  const uid = process.getuid?.()
  return uid === 0 || uid === lstatSync(dirname(path)).uid
}
