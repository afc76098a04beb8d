import { isLoopback } from '../domain/loopback.ts'
import { aboutVariable, errorAbout, type Problem, warningAbout } from '../domain/problem.ts'
import { readSecretFile, SecretFileError } from '../platform/files/secret-file.ts'
import type { DatabaseConfig, MysqlConfig, TlsConfig } from './config.ts'
import { type DatabaseUrl, DatabaseUrlError, parseDatabaseUrl } from './database-url.ts'
import { absolutePath, type PathOrigin } from './values.ts'
import type { Values, VariableName } from './variables.ts'

/** What the settings say of the database. */
export type DatabaseReading = { readonly database: DatabaseConfig; readonly problems: readonly Problem[] }

/** Puts URL, password and TLS together. With an error among the problems, `database` is not to be used. */
export function readDatabase(values: Partial<Values>, defaultPath: string, origin: PathOrigin): DatabaseReading {
  const problems: Problem[] = []
  const url = attempt('RCRON_DATABASE_URL', problems, () =>
    parseDatabaseUrl(values.RCRON_DATABASE_URL ?? `sqlite:${defaultPath}`),
  )
  if (url === undefined) return { database: { kind: 'sqlite', path: defaultPath }, problems }
  if (url.kind === 'sqlite') {
    return { database: { kind: 'sqlite', path: absolutePath(url.path, origin) }, problems: withoutEffect(values) }
  }
  const database = readMysql(url, values, { origin, problems })
  return { database, problems }
}

type Reading = { readonly origin: PathOrigin; readonly problems: Problem[] }

function readMysql(url: DatabaseUrl & { kind: 'mysql' }, values: Partial<Values>, reading: Reading): MysqlConfig {
  const password = values.RCRON_DATABASE_PASSWORD
  if (password !== undefined && url.password !== null) {
    reading.problems.push(
      errorAbout(
        aboutVariable('RCRON_DATABASE_PASSWORD'),
        'found a password here and one in the URL, expected one of the two',
      ),
    )
  }
  const tls = readTls(values, reading)
  return { ...url, password: url.password ?? password ?? '', poolSize: values.RCRON_DATABASE_POOL_SIZE ?? 1, tls }
}

/** Beyond this machine nobody knows who answers, or who listens, unless the server is verified. */
export function warnOfUnverified(database: DatabaseConfig): readonly Problem[] {
  if (database.kind === 'sqlite' || database.tls?.isVerified === true || isLoopback(database.host)) return []
  return [unverified(database.tls)]
}

function unverified(tls: TlsConfig | null): Problem {
  const how = tls === null ? 'not encrypted' : tls.isRequired ? 'encrypted' : 'encrypted where the server offers that'
  return warningAbout(
    aboutVariable('RCRON_DATABASE_TLS'),
    `the connection to the database is ${how}, and the server is not verified: anyone in between can read passwords and change commands`,
    "set RCRON_DATABASE_SSL_CA to the authority that signed the server's certificate, or to system",
  )
}

function readTls(values: Partial<Values>, reading: Reading): TlsConfig | null {
  const mode = values.RCRON_DATABASE_TLS ?? 'prefer'
  const certificates = readCertificates(values, reading)
  if (certificates === null) {
    return mode === 'off'
      ? null
      : { isRequired: mode === 'require', isVerified: false, ca: null, cert: null, key: null }
  }
  if (mode === 'off') {
    reading.problems.push(
      errorAbout(
        aboutVariable('RCRON_DATABASE_TLS'),
        'found off together with RCRON_DATABASE_SSL_…, expected one of the two',
      ),
    )
  }
  return { isRequired: true, isVerified: true, ...certificates }
}

function readCertificates(values: Partial<Values>, reading: Reading): Pick<TlsConfig, 'ca' | 'cert' | 'key'> | null {
  const ca = readPem('RCRON_DATABASE_SSL_CA', values, reading)
  const cert = readPem('RCRON_DATABASE_SSL_CERT', values, reading)
  const key = readPem('RCRON_DATABASE_SSL_KEY', values, reading)
  if (ca === null && cert === null && key === null) return null
  if ((cert === null) !== (key === null)) {
    const missing = cert === null ? 'RCRON_DATABASE_SSL_CERT' : 'RCRON_DATABASE_SSL_KEY'
    reading.problems.push(
      errorAbout(aboutVariable(missing), 'is not set, expected both a certificate and its key, or neither'),
    )
  }
  return { ca: ca === SYSTEM ? null : ca, cert, key }
}

const SYSTEM = 'system'

function readPem(
  name: VariableName & `${string}_SSL_${string}`,
  values: Partial<Values>,
  { origin, problems }: Reading,
): string | null {
  const written = values[name]
  if (written === undefined) return null
  if (written === SYSTEM && name === 'RCRON_DATABASE_SSL_CA') return SYSTEM
  const text = isPem(written) ? written : attempt(name, problems, () => readSecretFile(absolutePath(written, origin)))
  if (text !== undefined && !isPem(text)) {
    problems.push(errorAbout(aboutVariable(name), 'found text that is not PEM, expected it to begin with -----BEGIN'))
  }
  return text ?? null
}

function isPem(text: string): boolean {
  return text.includes('-----BEGIN ')
}

function attempt<T>(name: VariableName, problems: Problem[], read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DatabaseUrlError || error instanceof SecretFileError)) throw error
    problems.push(errorAbout(aboutVariable(name), error.message))
    return undefined
  }
}

const MYSQL_ONLY = [
  'RCRON_DATABASE_PASSWORD',
  'RCRON_DATABASE_SSL_CA',
  'RCRON_DATABASE_SSL_CERT',
  'RCRON_DATABASE_SSL_KEY',
] as const

function withoutEffect(values: Partial<Values>): readonly Problem[] {
  const set = MYSQL_ONLY.filter((name) => values[name] !== undefined)
  return set.map((name) => warningAbout(aboutVariable(name), 'has no effect, since the database is an SQLite file'))
}
