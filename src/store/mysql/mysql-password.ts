import { type AuthPlugin, authPlugins } from 'mysql2'

/** A server without encryption asked for the password in a form that it, or whoever is in between, could read. */
export class PasswordKept extends Error {
  override readonly name = 'PasswordKept'
}

/** What a server sends that did not know the password by its digest, and wants to have it whole. */
const WANTS_PASSWORD = Buffer.from([4])

/**
 * Logins over connections that are not encrypted: a server may compare digests, and is never sent the password itself. Under a key that comes
 * over the same connection it would be safe from those who listen, not from those who answer.
 */
export const PASSWORD_KEPT: Readonly<Record<string, AuthPlugin>> = {
  caching_sha2_password: (metadata) => {
    const login = authPlugins.caching_sha2_password({})(metadata)
    return (data) => {
      if (WANTS_PASSWORD.equals(data)) throw new PasswordKept()
      return login(data)
    }
  },
  sha256_password: () => () => {
    throw new PasswordKept()
  },
}
