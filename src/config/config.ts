import type { LogRuns } from '../domain/choices.ts'
import type { Problem } from '../domain/problem.ts'

/** What the environment says, judged: every value is usable as it stands. Holds secrets: never logged as a whole. */
export type Config = {
  readonly database: DatabaseConfig
  /** Absolute; as all paths here. */
  readonly stateDirectory: string
  readonly lockDirectory: string
  /** Where a daemon listens for commands. */
  readonly controlDirectory: string
  /** Where commands look for the machine's own daemon if there is none of this user's; null where they are not to. */
  readonly serviceControlDirectory: string | null
  readonly cache: CacheConfig
  /** IANA name of the zone for crons that name none. */
  readonly timezone: string
  /** rcron's own name, by which `local_port` is chosen. */
  readonly hostname: string
  readonly hostKeys: HostKeyPolicy
  readonly knownHostsFile: string
  readonly limits: LimitsConfig
  /** Minutes of stall that are caught up. */
  readonly catchUpMinutes: number
  /** Milliseconds that a shutdown waits for active runs. */
  readonly drainMs: number
  /** What becomes of those that last longer. */
  readonly stopRuns: StopRuns
  /** Milliseconds after which a run that cannot be asked is given up as lost. */
  readonly lostAfterMs: number
  readonly history: HistoryConfig
  readonly log: LogConfig
  /** What passwords stored as `file:/path` name lies below it. */
  readonly secretsDirectory: string
  /** The files that hold, or may hold, rcron's own secrets: no row may name them. */
  readonly ownSecretFiles: readonly string[]
  /** Where systemd put this service's credentials; null outside of it. */
  readonly credentialsDirectory: string | null
  /** What is odd but does not stop rcron, unknown variables among it. */
  readonly warnings: readonly Problem[]
}

/** The database that is to be used. */
export type DatabaseConfig = MysqlConfig | SqliteConfig

/** A database in a file. */
export type SqliteConfig = { readonly kind: 'sqlite'; readonly path: string }

/** A database on a MySQL or MariaDB server. */
export type MysqlConfig = {
  readonly kind: 'mysql'
  readonly host: string
  readonly port: number
  readonly user: string
  /** A secret; empty if none was given. */
  readonly password: string
  readonly database: string
  /** Connections at most. */
  readonly poolSize: number
  /** Null: never encrypted. */
  readonly tls: TlsConfig | null
}

/** PEM contents. */
export type TlsConfig = {
  /** Whether a server that offers no encryption is refused. */
  readonly isRequired: boolean
  /** Whether the server must prove to be the host of the URL. */
  readonly isVerified: boolean
  /** Null: the authorities that Node trusts. */
  readonly ca: string | null
  readonly cert: string | null
  /** A secret. */
  readonly key: string | null
}

/** Where definitions are kept for the time when the database is away. */
export type CacheConfig = {
  readonly file: string
  /** 64 hex digits, a secret; null if none was given: then the one in `keyFile` is used, made at first need. */
  readonly key: string | null
  readonly keyFile: string
  /** Minutes between two refreshes. */
  readonly staleMinutes: number
  /** Milliseconds from which on definitions are not used while the store is away; null: they always are. */
  readonly maxAgeMs: number | null
}

/** `accept-new` learns a host's key on first contact, `strict` wants it known, `off` does not look. */
export type HostKeyPolicy = 'accept-new' | 'strict' | 'off'

/** `leave`: they continue, and the next start adopts them. */
export type StopRuns = 'leave' | 'kill'

/** How much may go on at once. */
export type LimitsConfig = {
  readonly concurrentRuns: number
  readonly concurrentRunsPerHost: number
  readonly sessionsPerConnection: number
}

/** What is kept of what happened. */
export type HistoryConfig = {
  readonly days: number
  /** Of each cron and each job at least, however old. */
  readonly runs: number
  /** What may wait for the database, with what runs printed. */
  readonly journalBytes: number
}

/** From which level on lines are logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** `auto`: journal under systemd, else text. */
export type LogFormat = 'auto' | 'text' | 'journal' | 'json'

/** How the log is written. */
export type LogConfig = {
  readonly level: LogLevel
  readonly runs: LogRuns
  readonly format: LogFormat
  /** Null: in colour where the output is a terminal. */
  readonly colour: boolean | null
  /** Device and inode of the journal's socket, `JOURNAL_STREAM`; null if there is none. */
  readonly journalStream: string | null
}
