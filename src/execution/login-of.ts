import { OperatorError } from '../domain/errors.ts'
import type { Credentials } from './credentials/credentials.ts'
import type { Access } from './executor.ts'
import { type Refused, refused } from './handover.ts'
import { targetOf } from './target.ts'
import type { Login } from './transport.ts'

export type LoginParts = {
  readonly credentials: Pick<Credentials, 'resolve'>
  /** The name of rcron's own machine. */
  readonly ownName: string
}

export type LoginReady = { readonly kind: 'login' } & Login

/** What it takes to log in; refused where the secret cannot be used. */
export function loginOf({ system, auth }: Access, { credentials, ownName }: LoginParts): LoginReady | Refused {
  try {
    return { kind: 'login', credential: credentials.resolve(auth), target: targetOf(system, auth.user, ownName) }
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    return refused('credential', error.hint === null ? error.message : `${error.message}; ${error.hint}`)
  }
}
