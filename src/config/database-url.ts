/** What a database URL says. */
export type DatabaseUrl =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'mysql'
      readonly user: string
      /** A secret; null if the URL has none. */
      readonly password: string | null
      readonly host: string
      readonly port: number
      readonly database: string
    }

/** Says what is wrong with a database URL, and holds no part of it: any part may be a piece of a password. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError'
}

const FORMS = 'mysql://user:password@host:port/database or sqlite:path'
const DEFAULT_PORT = 3306
/** In the place of the host or after it: a path (in escapes too), or the option that drivers have for it. */
const SOCKET = /^(?:%2f|\/.*\/)|\.sock(?=$|[/:?&])|[?&](?:unix_?)?socket(?:_?path)?=/i
const NO_SOCKET =
  'found the path of a socket, expected a host: rcron connects to the database by TCP; write 127.0.0.1:3306 and let the server listen there (bind-address)'
const AUTHORITY = /^(?:(?<user>[^:@]*)(?::(?<password>[^:@]*))?@)?(?<host>\[[^\][]*\]|[^:@\][]*)(?::(?<port>[^:@]*))?$/

/** Takes a database URL apart. Nothing but what is named here is read from it, so that no option of a driver can ride in. */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  if (text.startsWith('sqlite:')) return parseSqlite(text.slice('sqlite:'.length))
  if (text.startsWith('mysql://')) return parseMysql(text.slice('mysql://'.length))
  throw new DatabaseUrlError(`found something else, expected ${FORMS}`)
}

/** Slashes without a host between them (sqlite:///path) are another spelling of an absolute path. */
function parseSqlite(written: string): DatabaseUrl {
  const path = written.replace(/^\/{3,}/, '/')
  if (path === '' || path === '/' || path === ':memory:') {
    throw new DatabaseUrlError('found no file after sqlite:, expected a path, as in sqlite:/var/lib/rcron/rcron.db')
  }
  if (path.startsWith('//')) {
    throw new DatabaseUrlError(
      'found a name after sqlite://, expected sqlite:/path or sqlite:///path for an absolute path, sqlite:path for a relative one',
    )
  }
  return { kind: 'sqlite', path }
}

function parseMysql(rest: string): DatabaseUrl {
  if (SOCKET.test(rest.slice(rest.lastIndexOf('@') + 1))) throw new DatabaseUrlError(NO_SOCKET)
  if (/[?#]/.test(rest)) {
    throw new DatabaseUrlError(
      'found ? or #, expected no options; in a password write ? as %3F and # as %23, for TLS set RCRON_DATABASE_TLS and RCRON_DATABASE_SSL_CA',
    )
  }
  const slash = rest.indexOf('/')
  const database = slash < 0 ? '' : rest.slice(slash + 1)
  if (database === '' || database.includes('/')) {
    throw new DatabaseUrlError(
      'found no database name after the host, expected …@host:port/database (/ in a password is %2F)',
    )
  }
  const parts = AUTHORITY.exec(rest.slice(0, slash))?.groups
  if (parts === undefined) {
    throw new DatabaseUrlError(
      `found an ambiguous URL, expected ${FORMS}; in a password write @ as %40 and : as %3A, an IPv6 address as [::1]`,
    )
  }
  return {
    kind: 'mysql',
    user: named('user', decoded('user', parts['user'] ?? '')),
    password: parts['password'] === undefined ? null : decoded('password', parts['password']),
    host: named('host', decoded('host', (parts['host'] ?? '').replace(/^\[(.*)\]$/, '$1'))),
    port: parsePort(parts['port']),
    database: named('database', decoded('database', database)),
  }
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port
  throw new DatabaseUrlError(`found an invalid port, expected a number from 1 to 65535 (: in a password is %3A)`)
}

function named(part: string, text: string): string {
  if (text !== '') return text
  throw new DatabaseUrlError(`found no ${part}, expected ${FORMS}`)
}

function decoded(part: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw new DatabaseUrlError(
      `found a % in the ${part} that does not begin an escape, expected %25 for the character itself`,
      {
        cause: error,
      },
    )
  }
}
