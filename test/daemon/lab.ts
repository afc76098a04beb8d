import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { describeMinute, minuteOf } from '../../src/domain/minute.ts'
import { readMarkFile } from '../../src/minutes/system-mark-file.ts'
import type { NewAuth, NewCron } from '../../src/store/definitions/definition-editor.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { aStateDirectory, type DaemonOptions, DaemonProcess } from '../support/daemon.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'
import { waitUntil } from '../support/wait-until.ts'

const MINUTE_MS = 60_000

/** A cron of the lab: due at every minute, enabled, on the host at that position. */
export type LabCron = Pick<NewCron, 'cron_name' | 'cron_path'> & Partial<NewCron> & { readonly on?: number }

/** A part of a command that goes on until the lab is told to `touch('go')`, and at most 30 s. */
export const UNTIL_GO = 'for turn in $(seq 300); do [ -e "$HOME/go" ] && break; sleep 0.1; done'

export type LabOptions = {
  readonly hosts?: number
  /** Auths besides those of the hosts, whose ids follow on theirs. */
  readonly auths?: readonly NewAuth[]
}

/** An installation on a SQLite store, with its hosts. */
export type Lab = {
  readonly state: string
  readonly database: string
  readonly hosts: readonly Sshd[]
  readonly environment: Readonly<Record<string, string>>
  /** What commands have written to `$HOME/<name>` of the host at that position, the first if none is given; empty where they have not. */
  readonly read: (name: string, on?: number) => string
  /** Makes a file of that name there. */
  readonly touch: (name: string, on?: number) => void
  /** Changes the store behind the daemon's back. */
  readonly sql: (statement: string) => void
  readonly start: (more?: Partial<DaemonOptions>) => DaemonProcess
  /** Resolves when the minute that holds `instant` has been planned, and all that was due in it has begun. */
  readonly planned: (instant: number) => Promise<void>
}

/** Starts `hosts` OpenSSH servers and fills a store; everything is gone when the test has ended. */
export async function aLab(t: TestContext, crons: readonly LabCron[], options: LabOptions = {}): Promise<Lab> {
  const start = aDaemonStarter(t)
  const hosts = await Promise.all(Array.from({ length: options.hosts ?? 1 }, () => startSshd()))
  for (const host of hosts) t.after(() => host.stop())
  const state = aStateDirectory((clean) => t.after(clean))
  const database = join(state, 'definitions.db')
  await fill(database, { hosts, auths: options.auths ?? [], crons })
  const environment = { HOME: state, RCRON_STATE_DIR: state, RCRON_DATABASE_URL: `sqlite:${database}` }
  const pathOn = (name: string, on = 1) => join(hosts[on - 1]?.home ?? '', name)
  return {
    state,
    database,
    hosts,
    environment,
    read: (name, on) => (existsSync(pathOn(name, on)) ? readFileSync(pathOn(name, on), 'utf8') : ''),
    touch: (name, on) => writeFileSync(pathOn(name, on), ''),
    sql: (statement) => {
      using connection = new DatabaseSync(database, { timeout: 5_000 })
      connection.exec(statement)
    },
    start: ({ environment: extra = {}, ...rest } = {}) => start({ environment: { ...environment, ...extra }, ...rest }),
    planned: (instant) => planned(state, instant),
  }
}

/** Starts daemons, which are gone when the test has ended. */
export function aDaemonStarter(t: TestContext): (options: DaemonOptions) => DaemonProcess {
  const daemons: DaemonProcess[] = []
  t.after(async () => {
    await Promise.all(daemons.map((daemon) => daemon.end()))
    for (const { pid } of daemons) sweepFakeClock(pid)
  })
  return (options) => {
    const daemon = new DaemonProcess(options)
    daemons.push(daemon)
    return daemon
  }
}

type Rows = {
  readonly hosts: readonly Sshd[]
  readonly auths: readonly NewAuth[]
  readonly crons: readonly LabCron[]
}

async function fill(database: string, { hosts, auths, crons }: Rows): Promise<void> {
  const store = createSqliteStore(database)
  await store.applySchema(await store.planSchema())
  for (const { port, user, clientKey } of hosts) {
    await store.editor.systems.add({ host: '127.0.0.1', port, local_port: port })
    await store.editor.auths.add({ user, password: clientKey.path })
  }
  for (const auth of auths) await store.editor.auths.add(auth)
  for (const { on = 1, ...columns } of crons) {
    await store.editor.crons.add({ cron_min: '*', enabled: 1, host: on, user: on, ...columns })
  }
  await store.close()
}

/** A minute is in the mark before anything of it begins, and open there until all of it has. */
async function planned(state: string, instant: number): Promise<void> {
  const minute = minuteOf(instant)
  await waitUntil(`the mark says that ${describeMinute(minute)} was planned`, async () => {
    const { last = null, open = [] } = readMarkFile(join(state, 'minute-mark.json'))?.mark ?? {}
    return last !== null && last >= minute && !open.includes(minute) ? true : null
  })
}

/** How logs name the minute that holds `instant`: `2026-03-01T12:00Z`. */
export function minuteAt(instant: number): string {
  return describeMinute(minuteOf(instant))
}

/** A clock that a test sets while a daemon lives by it; the daemon's monotonic clock stays true. */
export type FakeClock = {
  readonly environment: Readonly<Record<string, string>>
  readonly now: () => number
  /** Moves it by so many milliseconds; back where negative. */
  readonly move: (ms: number) => void
  /** Moves it to so many milliseconds before its next minute; answers when that minute begins, by this clock. */
  readonly moveBeforeNext: (ms: number) => number
}

/** Starts at `intoMinuteMs` of the minute that holds `instant`, the machine's own if none is given. */
export function aFakeClock(
  { state }: Pick<Lab, 'state'>,
  intoMinuteMs: number,
  instant: number = Date.now(),
): FakeClock {
  const path = join(state, 'clock')
  const [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1')
  if (library === undefined) throw new Error('libfaketime is not installed: install the package faketime')
  let aheadMs = 0
  const now = () => Date.now() + aheadMs
  const move = (ms: number) => {
    aheadMs += ms
    // In one step: the daemon reads the file at every look at the clock.
    writeFileSync(`${path}.new`, `${aheadMs < 0 ? '-' : '+'}${Math.abs(aheadMs) / 1000}\n`)
    renameSync(`${path}.new`, path)
  }
  move(Math.floor(instant / MINUTE_MS) * MINUTE_MS + intoMinuteMs - Date.now())
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: path,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    now,
    move,
    moveBeforeNext: (ms) => {
      const next = Math.floor(now() / MINUTE_MS + 1) * MINUTE_MS
      move(next - ms - now())
      return next
    },
  }
}

/** libfaketime leaves its shared memory behind where a process that it was loaded into became another one by exec. */
function sweepFakeClock(pid: number): void {
  for (const name of [`faketime_shm_${pid}`, `sem.faketime_sem_${pid}`]) rmSync(join('/dev/shm', name), { force: true })
}
