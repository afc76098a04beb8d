import { OperatorError } from '../domain/errors.ts'
import type { Credentials } from '../secrets/credentials.ts'
import { type Refused, refused } from './handover.ts'
import { sizeFault, wouldLegacyTake } from './host-keys/key-strength.ts'
import { type Access, targetOf } from './target.ts'
import type { Login } from './transport.ts'

/** What turns a row's secret into a login. */
export type LoginParts = {
  readonly credentials: Pick<Credentials, 'resolve'>
  /** The name of rcron's own machine. */
  readonly ownName: string
}

/** A login whose secret can be used. */
export type LoginReady = { readonly kind: 'login' } & Login

/** What it takes to log in; refused where the secret cannot be used. */
export async function loginOf(
  { system, auth }: Access,
  { credentials, ownName }: LoginParts,
): Promise<LoginReady | Refused> {
  try {
    const credential = await credentials.resolve(auth, system.host)
    const login = { credential, target: targetOf(system, auth.user, ownName) }
    return keyRefusal(auth.id, login) ?? { kind: 'login', ...login }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    const detail = error.hint === null ? error.message : `${error.message}; ${error.hint}`
    const reason = `the secret of auth ${auth.id} (${auth.user}) cannot be used on ${system.host}: see the log, or "rcron check"`
    return refused('credential', reason, { detail })
  }
}

/** Null where nothing is wrong with the size of the key. */
function keyRefusal(auth: number, { credential, target }: Login): Refused | null {
  if (credential.kind !== 'key') return null
  const key = credential.key.getPublicSSH()
  const fault = sizeFault(key, target.legacyAlgorithms)
  return fault === null
    ? null
    : refused('credential', `auth ${auth} has ${fault}`, { wouldLegacyDo: wouldLegacyTake(key) })
}
