import { cronOf } from '../../src/definitions/judge/cron-of.ts'
import type { Action } from '../../src/domain/action.ts'
import { AUTH_COLUMNS } from '../../src/domain/columns/auths.ts'
import { unset } from '../../src/domain/columns/column.ts'
import { CRON_COLUMNS } from '../../src/domain/columns/crons.ts'
import { SYSTEM_COLUMNS } from '../../src/domain/columns/systems.ts'
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
  return { ...unset(SYSTEM_COLUMNS), id: 1, host: 'host1', ...overrides }
}

export function anAuth(overrides: Partial<AuthRow> = {}): AuthRow {
  return { ...unset(AUTH_COLUMNS), id: 1, user: 'cron', password: 'not printed', ...overrides }
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

/** An enabled cron of failover, on a host of its own. */
export function aCron(overrides: Partial<Cron> = {}): Cron {
  const id = overrides.id ?? 1
  const row = {
    ...unset(CRON_COLUMNS),
    id,
    cron_name: 'backup',
    cron_path: '/opt/backup.sh',
    enabled: 1,
    host: id,
    user: 1,
  }
  const meant = { action: 'failover', system: aSystem({ id, host: `host${id}` }), auth: anAuth() } as const
  return { ...cronOf(row, { ...meant, defaultTimezone: 'UTC' }), ...overrides }
}

/** A row that is due at every minute on system 1 as auth 1. */
export function aCronRow(overrides: Partial<CronRow> = {}): CronRow {
  return {
    ...unset(CRON_COLUMNS),
    id: 1,
    cron_name: `job${overrides.id ?? 1}`,
    cron_path: '/bin/true',
    enabled: 1,
    host: 1,
    user: 1,
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
