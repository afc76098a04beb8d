import { OperatorError } from '../domain/errors.ts'
import type { Credentials } from '../secrets/credentials.ts'
import { type Refused, refused } from './handover.ts'
import { sizeFault } from './host-keys/key-strength.ts'
import { type Access, targetOf } from './target.ts'
import type { Login } from './transport.ts'

export type LoginParts = {
  readonly credentials: Pick<Credentials, 'resolve'>
  /** The name of rcron's own machine. */
  readonly ownName: string
}

export type LoginReady = { readonly kind: 'login' } & Login

/** What it takes to log in; refused where the secret cannot be used. */
export async function loginOf(
  { system, auth }: Access,
  { credentials, ownName }: LoginParts,
): Promise<LoginReady | Refused> {
  try {
    const credential = await credentials.resolve(auth, system.host)
    const login = { credential, target: targetOf(system, auth.user, ownName) }
    const fault = keyFault(login)
    return fault === null ? { kind: 'login', ...login } : refused('credential', `auth ${auth.id} has ${fault}`)
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    const detail = error.hint === null ? error.message : `${error.message}; ${error.hint}`
    const reason = `the secret of auth ${auth.id} (${auth.user}) cannot be used on ${system.host}: see the log, or "rcron check"`
    return refused('credential', reason, detail)
  }
}

/** What is wrong with the size of the key; null where nothing is. */
function keyFault({ credential, target }: Login): string | null {
  return credential.kind === 'key' ? sizeFault(credential.key.getPublicSSH(), target.legacyAlgorithms) : null
}
