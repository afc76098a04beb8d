/**
 * The stored model: rows as the store holds them, under the names of their columns.
 * Their shape has been checked when they were read, their meaning has not.
 * Columns that the first rcron did not have are null if the store lacks them.
 */
export type AuthRow = {
  readonly id: number
  readonly user: string
  /** A secret: a key, a path, a reference, a sealed value or a literal password. Never printed. */
  readonly password: string
  /** Opens an encrypted key. Never printed. */
  readonly passphrase: string | null
  /** The hosts that the secret may be used on: names and patterns. Null: any. */
  readonly hosts: string | null
}

/** A row of the table of systems. */
export type SystemRow = {
  readonly id: number
  readonly host: string
  readonly port: number
  /** Used instead of `port` when rcron and the system are on the same network. */
  readonly local_port: number
  /** 0: the host has no POSIX shell; commands run unsupervised. Null means 1. */
  readonly supervise: number | null
  /** 1: algorithms that OpenSSH no longer offers are allowed. Null means 0. */
  readonly legacy_algorithms: number | null
  /** Seconds that the SSH handshake and the login may take. Null: 20. */
  readonly login_timeout_s: number | null
}

/** A row of the table of crons. */
export type CronRow = {
  readonly id: number
  readonly cron_name: string
  /** The command, with its arguments, as it would stand in a local crontab. */
  readonly cron_path: string
  readonly cron_min: string
  readonly cron_hour: string
  readonly cron_dom: string
  readonly cron_mon: string
  readonly cron_dow: string
  readonly enabled: number
  /** `id` of a SystemRow. */
  readonly host: number
  /** `id` of an AuthRow. */
  readonly user: number
  readonly action: number
  /** IANA name. Null: rcron's own zone. */
  readonly timezone: string | null
  /** What is run of minutes missed beyond the catch-up window: `none` (null), `last` or `all`. */
  readonly catch_up: string | null
  /** How late, in minutes, a caught-up run may begin. Null: any time. */
  readonly latest_start_min: number | null
  /** After a lost run: `stop` (null) or `failover`. */
  readonly on_lost: string | null
  /** Seconds of wall-clock time a run may take. Null: no limit. */
  readonly timeout_s: number | null
  /** Seconds between TERM and KILL. Null: 10. */
  readonly kill_grace_s: number | null
  /** 1: runs get a connection of their own. Null means 0. */
  readonly own_connection: number | null
  /** 1: output is kept on the host while nobody listens. Null means 0. */
  readonly keep_output: number | null
}

/** Everything the store defines, in order of id. */
export type Definitions = {
  readonly auths: readonly AuthRow[]
  readonly systems: readonly SystemRow[]
  readonly crons: readonly CronRow[]
}

/** Stands for the id of a row that the store has not seen yet: it comes behind all others. */
export const NEW_ROW_ID = Number.MAX_SAFE_INTEGER
