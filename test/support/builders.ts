import type { Action } from '../../src/domain/action.ts'
import type { Cron } from '../../src/domain/cron.ts'
import type { Firing } from '../../src/domain/job.ts'
import { type Minute, minuteOf } from '../../src/domain/minute.ts'
import type { AuthRow, CronRow, SystemRow } from '../../src/domain/rows.ts'
import type { Log, LogFields } from '../../src/platform/log/log.ts'
import type { SecretPlaces } from '../../src/secrets/secret-places.ts'

export function minute(text: string): Minute {
  return minuteOf(new Date(text).getTime())
}

export function aSystem(overrides: Partial<SystemRow> = {}): SystemRow {
  return {
    id: 1,
    host: 'host1',
    port: 22,
    local_port: 22,
    supervise: null,
    legacy_algorithms: null,
    login_timeout_s: null,
    ...overrides,
  }
}

export function anAuth(overrides: Partial<AuthRow> = {}): AuthRow {
  return { id: 1, user: 'cron', password: 'not printed', passphrase: null, hosts: null, ...overrides }
}

/** Places where nothing is, but for `overrides`. */
export function somePlaces(overrides: Partial<SecretPlaces> = {}): SecretPlaces {
  return {
    environment: {},
    home: '/',
    credentialsDirectory: null,
    secretsDirectory: '/nowhere/secrets',
    own: { credentials: [], files: [] },
    unseal: null,
    ...overrides,
  }
}

export function aCron(overrides: Partial<Cron> = {}): Cron {
  const id = overrides.id ?? 1
  return {
    id,
    name: 'backup',
    command: '/opt/backup.sh',
    action: 'failover',
    enabled: true,
    system: aSystem({ id, host: `host${id}` }),
    auth: anAuth(),
    expression: '* * * * *',
    timezone: 'UTC',
    catchUp: 'none',
    latestStartMin: null,
    onLost: 'stop',
    timeoutMs: null,
    killGraceMs: 10_000,
    ownConnection: false,
    keepOutput: false,
    ...overrides,
  }
}

/** A row that is due at every minute on system 1 as auth 1. */
export function aCronRow(overrides: Partial<CronRow> = {}): CronRow {
  return {
    id: 1,
    cron_name: `job${overrides.id ?? 1}`,
    cron_path: '/bin/true',
    cron_min: '*',
    cron_hour: '*',
    cron_dom: '*',
    cron_mon: '*',
    cron_dow: '*',
    enabled: 1,
    host: 1,
    user: 1,
    action: 0,
    timezone: null,
    catch_up: null,
    latest_start_min: null,
    on_lost: null,
    timeout_s: null,
    kill_grace_s: null,
    own_connection: null,
    keep_output: null,
    ...overrides,
  }
}

/** A firing of `action` with one cron for each of `ids`, each on a host of its own. */
export function aFiring(action: Action, ids: readonly number[], overrides: Partial<Cron> = {}): Firing {
  const crons = ids.map((id) => aCron({ ...overrides, id, action }))
  return { job: { name: overrides.name ?? 'backup', action }, minute: minute('2026-03-01T12:00:00Z'), crons }
}

export type LogEntry = { readonly level: keyof Log; readonly fields: LogFields; readonly message: string }

/** A log that remembers. */
export class RecordingLog implements Log {
  readonly entries: LogEntry[] = []
  /** Until when what was logged is not written. */
  writing: Promise<void> = Promise.resolve()

  debug(fields: LogFields, message: string): void {
    this.entries.push({ level: 'debug', fields, message })
  }

  info(fields: LogFields, message: string): void {
    this.entries.push({ level: 'info', fields, message })
  }

  warn(fields: LogFields, message: string): void {
    this.entries.push({ level: 'warn', fields, message })
  }

  error(fields: LogFields, message: string): void {
    this.entries.push({ level: 'error', fields, message })
  }

  alarm(fields: LogFields, message: string): void {
    this.entries.push({ level: 'alarm', fields, message })
  }

  written(): Promise<void> {
    return this.writing
  }

  /** Messages of one level, in order. */
  of(level: keyof Log): readonly string[] {
    return this.entries.filter((entry) => entry.level === level).map(({ message }) => message)
  }
}
