import { isIP } from 'node:net'
import type { PoolOptions } from 'mysql2'
import { InvalidInputError } from '../../domain/errors.ts'
import { aboutVariable } from '../../domain/problem.ts'

/** PEM contents. */
type MysqlTls = {
  /** Whether a server that offers no encryption is refused. */
  readonly isRequired: boolean
  /** Whether the server must prove to be `host` by a certificate of `ca`; whoever answers is believed otherwise. */
  readonly isVerified: boolean
  /** Null: the authorities that Node trusts. */
  readonly ca: string | null
  readonly cert?: string | null
  readonly key?: string | null
}

/** Where a MySQL or MariaDB server is, and how it is spoken to. */
export type MysqlStoreOptions = {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** Connections at most. */
  readonly poolSize: number
  /** Null: never encrypted, and whoever answers may ask for the password all the same. */
  readonly tls: MysqlTls | null
  readonly deadlines?: Partial<MysqlDeadlines>
}

/** All in milliseconds. */
export type MysqlDeadlines = {
  /** TCP, TLS and login together. */
  readonly connectMs: number
  /** Waiting for a free connection, connecting included. */
  readonly acquireMs: number
  /** One statement and its answer. */
  readonly queryMs: number
}
export const MYSQL_DEADLINES: MysqlDeadlines = { connectMs: 5_000, acquireMs: 10_000, queryMs: 10_000 }

const IDLE_MS = 30_000
const KEEPALIVE_MS = 15_000

/** An address in a certificate is not checked by the driver, which would take one for `localhost` instead. */
export function refuseUnverifiableHost({ host, tls }: MysqlStoreOptions): void {
  if (tls === null || !tls.isVerified || isIP(host) === 0) return
  throw new InvalidInputError([
    {
      severity: 'error',
      about: aboutVariable('RCRON_DATABASE_URL'),
      field: 'host',
      message: `found the address ${host} together with TLS, expected a host name that is in the server's certificate`,
      hint: 'write the name in the certificate, and add it to /etc/hosts if DNS does not know it; or remove RCRON_DATABASE_SSL_CA on a safe network',
    },
  ])
}

/** What mysql2 is given. Nothing else can ride in: the connection string has been taken apart before. */
export function poolOptionsOf(options: MysqlStoreOptions, deadlines: MysqlDeadlines): PoolOptions {
  const { host, port, user, password, database, poolSize, tls } = options
  return {
    host,
    port,
    user,
    password,
    database,
    connectionLimit: poolSize,
    // Below the limit, or mysql2 never looks for idle connections; but it closes all above this number at once, and a single one is to stay.
    maxIdle: Math.max(1, poolSize - 1),
    idleTimeout: IDLE_MS,
    connectTimeout: deadlines.connectMs,
    enableKeepAlive: true,
    keepAliveInitialDelay: KEEPALIVE_MS,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    disableEval: true,
    multipleStatements: false,
    stringifyObjects: true,
    flags: ['-LOCAL_FILES'],
    ...(tls === null ? {} : { ssl: sslOf(tls) }),
  }
}

function sslOf({ isVerified, ca, cert, key }: MysqlTls) {
  return {
    ...(ca === null ? {} : { ca }),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: isVerified,
    verifyIdentity: isVerified,
  }
}
