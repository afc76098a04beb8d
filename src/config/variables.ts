import { cacheKey, hostName, type Judge, oneOf, path, pem, secretText, timezone, wholeNumber } from './values.ts'

/** One variable of the environment, as it is judged and as it is explained. */
export type Variable<Value = unknown> = {
  readonly judge: Judge<Value>
  /** What the value counts, or the form it has. */
  readonly unit: string
  /** It is set to a path, or to the PEM that would stand there. */
  readonly isPathOrPem?: true
  /** What holds where it is not set. A value in words stands in parentheses. */
  readonly default: string
  readonly meaning: string
  /** Where set, the variable is a secret that also comes as `<NAME>_FILE` and under this name from systemd. */
  readonly credential?: string
}

/** Every variable that rcron reads under a name of its own, in the order in which they are explained. */
const VARIABLES = {
  RCRON_DATABASE_URL: {
    judge: secretText(),
    unit: 'mysql://user:password@host:port/database or sqlite:path',
    default: '(sqlite:rcron.db in the state directory)',
    meaning: 'Where the definitions are stored. In user and password, write special characters as %XX.',
    credential: 'database-url',
  },
  RCRON_DATABASE_PASSWORD: {
    judge: secretText(),
    unit: 'text',
    default: '(none)',
    meaning: 'The password, if the URL has none.',
    credential: 'database-password',
  },
  RCRON_DATABASE_TLS: {
    judge: oneOf(['prefer', 'require', 'off']),
    unit: 'prefer, require or off',
    default: 'prefer',
    meaning:
      'Whether the connection is encrypted: where the server offers it, always, or never. The server is verified only where ' +
      'RCRON_DATABASE_SSL_CA is set. With off the password may reach anyone who answers.',
  },
  RCRON_DATABASE_SSL_CA: {
    judge: pem(),
    unit: 'path or PEM',
    isPathOrPem: true,
    default: '(none)',
    meaning:
      "Requires encryption, and a server certificate that this authority signed and that names the URL's host. " +
      '"system" trusts the authorities that Node trusts.',
    credential: 'database-ssl-ca',
  },
  RCRON_DATABASE_SSL_CERT: {
    judge: pem(),
    unit: 'path or PEM',
    isPathOrPem: true,
    default: '(none)',
    meaning: 'The client certificate by which rcron identifies itself to the database.',
    credential: 'database-ssl-cert',
  },
  RCRON_DATABASE_SSL_KEY: {
    judge: pem(),
    unit: 'path or PEM',
    isPathOrPem: true,
    default: '(none)',
    meaning: 'The key of that certificate.',
    credential: 'database-ssl-key',
  },
  RCRON_DATABASE_POOL_SIZE: {
    judge: wholeNumber(1, 100),
    unit: 'connections',
    default: '4',
    meaning: 'Maximum number of connections to the database, besides the one by which daemons find one another.',
  },
  RCRON_STATE_DIR: {
    judge: path(),
    unit: 'directory',
    default: '($STATE_DIRECTORY, else /var/lib/rcron for root, else ~/.local/state/rcron)',
    meaning: 'Where rcron keeps its state, which must not be lost. Only one daemon at a time can use it.',
  },
  RCRON_LOCK_DIR: {
    judge: path(),
    unit: 'directory',
    default: '(locks in the state directory)',
    meaning: 'Holds one file for each active run.',
  },
  RCRON_CACHE_FILE: {
    judge: path(),
    unit: 'file',
    default: '(cache.sealed in the state directory)',
    meaning: 'The last good definitions, encrypted, used while the database is unavailable.',
  },
  RCRON_CACHE_KEY: {
    judge: cacheKey(),
    unit: '64 hex digits',
    default: '(made at the first start, in cache.key in the state directory)',
    meaning: 'Seals the cache and the passwords stored as sealed:…. Make one with: openssl rand -hex 32',
    credential: 'cache-key',
  },
  RCRON_CACHE_STALE_MINUTES: {
    judge: wholeNumber(1, 1440),
    unit: 'minutes',
    default: '5',
    meaning: 'How often the definitions are reloaded.',
  },
  RCRON_CACHE_MAX_AGE_HOURS: {
    judge: wholeNumber(1, 87_600),
    unit: 'hours',
    default: '(no limit)',
    meaning:
      'The age at which definitions are no longer run while the database is unavailable. What is due from then on is reported as ' +
      'missed, and caught up as its rows ask, when the database is back.',
  },
  RCRON_SECRETS_DIR: {
    judge: path(),
    unit: 'directory',
    default: '(/etc/rcron/secrets for root and the service, else ~/.config/rcron/secrets)',
    meaning: 'The directory for passwords stored as file:/path; they are read from nowhere else.',
  },
  RCRON_TIMEZONE: {
    judge: timezone(),
    unit: 'IANA name',
    default: "(the machine's)",
    meaning: 'The time zone of crons that have none of their own.',
  },
  RCRON_HOSTNAME: {
    judge: hostName(),
    unit: 'host name',
    default: "(the machine's, with its domain)",
    meaning: "rcron's own name: systems of the same domain are reached by their local_port.",
  },
  RCRON_HOST_KEYS: {
    judge: oneOf(['accept-new', 'strict', 'off']),
    unit: 'accept-new, strict or off',
    default: 'accept-new',
    meaning:
      'Whether the key of an unknown host is learnt (accept-new) or refused (strict), or no key is checked at all (off).',
  },
  RCRON_KNOWN_HOSTS_FILE: {
    judge: path(),
    unit: 'file',
    default: '(known_hosts in the state directory)',
    meaning: 'The keys of the hosts, in OpenSSH format.',
  },
  RCRON_MAX_CONCURRENT_RUNS: {
    judge: wholeNumber(1, 10_000),
    unit: 'runs',
    default: '64',
    meaning: 'Maximum number of runs at a time; the others wait.',
  },
  RCRON_MAX_CONCURRENT_RUNS_PER_HOST: {
    judge: wholeNumber(1, 10_000),
    unit: 'runs',
    default: '10',
    meaning: 'Maximum number of runs at a time on one host.',
  },
  RCRON_MAX_SESSIONS_PER_CONNECTION: {
    judge: wholeNumber(1, 100),
    unit: 'runs',
    default: '4',
    meaning: "Maximum number of runs that share a connection. Must be below the hosts' MaxSessions (10 in OpenSSH).",
  },
  RCRON_CATCH_UP_MINUTES: {
    judge: wholeNumber(0, 1440),
    unit: 'minutes',
    default: '5',
    meaning:
      'How far back minutes are caught up after a stall, a suspend or a restart. Earlier ones are recorded as missed.',
  },
  RCRON_DRAIN_SECONDS: {
    judge: wholeNumber(0, 86_400),
    unit: 'seconds',
    default: '60',
    meaning:
      'How long a stopping daemon waits for its runs. RCRON_STOP_RUNS says what becomes of those still running then.',
  },
  RCRON_STOP_RUNS: {
    judge: oneOf(['leave', 'kill']),
    unit: 'leave or kill',
    default: 'leave',
    meaning:
      'Whether runs that outlast RCRON_DRAIN_SECONDS continue and are adopted by the next start, or are killed. ' +
      'A kill takes up to kill_grace_s plus 30 seconds; what cannot be confirmed dead is left to the next start.',
  },
  RCRON_LOST_AFTER_HOURS: {
    judge: wholeNumber(1, 8760),
    unit: 'hours',
    default: '24',
    meaning: 'How long a run may be out of contact before it counts as lost.',
  },
  RCRON_HISTORY_DAYS: {
    judge: wholeNumber(1, 3650),
    unit: 'days',
    default: '90',
    meaning: 'How long the history of firings and runs is kept.',
  },
  RCRON_HISTORY_RUNS: {
    judge: wholeNumber(0, 10_000),
    unit: 'runs',
    default: '50',
    meaning: 'How many runs of each cron, and firings of each job, are kept however old they are.',
  },
  RCRON_JOURNAL_MAX_MB: {
    judge: wholeNumber(1, 1_000_000),
    unit: 'MB',
    default: '256',
    meaning:
      'How large the journal in the state directory may become in which history waits while the database is away. ' +
      'Beyond it what runs printed is dropped, the oldest first; what happened never is.',
  },
  RCRON_LOG_LEVEL: {
    judge: oneOf(['debug', 'info', 'warn', 'error']),
    unit: 'debug, info, warn or error',
    default: 'info',
    meaning: 'The lowest level that is logged.',
  },
  RCRON_LOG_RUNS: {
    judge: oneOf(['firings', 'runs', 'failures']),
    unit: 'firings, runs or failures',
    default: 'firings',
    meaning:
      'What is logged of runs: one line for each firing when it is over, each run as well, or only what did not succeed. ' +
      'Attempts that fail while a host is left are warnings in each case.',
  },
  RCRON_LOG_FORMAT: {
    judge: oneOf(['auto', 'text', 'journal', 'json']),
    unit: 'auto, text, journal or json',
    default: 'auto',
    meaning: 'auto writes for the journal under systemd, otherwise text. NO_COLOR and FORCE_COLOR are honoured.',
  },
} as const satisfies Readonly<Record<string, Variable>>

/** The name of a variable that rcron reads. */
export type VariableName = keyof typeof VARIABLES

type ValueOf<Name extends VariableName> = NonNullable<ReturnType<(typeof VARIABLES)[Name]['judge']>['value']>
/** Those whose default depends on the machine. */
type Unsettled = {
  [Name in VariableName]: (typeof VARIABLES)[Name]['default'] extends `(${string}` ? Name : never
}[VariableName]

/** The judged values: all that are set, and the plain defaults. */
export type Values = { readonly [Name in Exclude<VariableName, Unsettled>]: ValueOf<Name> } & {
  readonly [Name in Unsettled]?: ValueOf<Name>
}

export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly VariableName[]

/** Those that also come as a file or a credential. */
export const CREDENTIAL_VARIABLES = VARIABLE_NAMES.filter((name) => variable(name).credential !== undefined)

/** The names under which systemd hands rcron its own secrets. */
export const OWN_CREDENTIALS = CREDENTIAL_VARIABLES.flatMap((name) => variable(name).credential ?? [])

/** `name` as a row of the table, whichever it is. */
export function variable(name: VariableName): Variable {
  return VARIABLES[name]
}

/** Whether that is a path, where the variable takes one or PEM. */
export function isPathForPem(name: VariableName, value: string): boolean {
  return variable(name).isPathOrPem === true && !/\n|-----BEGIN/.test(value)
}

/** The default as a value; undefined where it depends on the machine. */
export function plainDefault(name: VariableName): string | undefined {
  const { default: byDefault } = variable(name)
  return byDefault.startsWith('(') ? undefined : byDefault
}
