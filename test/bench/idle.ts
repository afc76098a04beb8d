import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'

/** The built daemon, under the flags that its unit gives it, with 1,000 crons, none of them due, beside a bare Node process that wakes as often and does nothing. */
const CRONS = 1_000
const WATCHED_MS = 60_000
/** Start-up is over, and so is what follows it: lazy compilation, the first collections. */
const SETTLED_MS = 15_000
const TICKS_PER_SECOND = 100

const ROOT = join(import.meta.dirname, '..', '..')
const MAIN = join(ROOT, 'dist', 'main.js')

const state = mkdtempSync(join(tmpdir(), 'rcron-idle-'))
const database = join(state, 'definitions.db')
await fill()
const daemon = spawn(process.execPath, [...flagsOfUnit(), MAIN, 'daemon'], {
  env: { HOME: state, RCRON_STATE_DIR: state, RCRON_DATABASE_URL: `sqlite:${database}` },
  stdio: 'ignore',
})
const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
try {
  await pause(SETTLED_MS)
  const pids = [daemon.pid ?? 0, bare.pid ?? 0]
  const before = pids.map(cpuSeconds)
  await pause(WATCHED_MS)
  const shares = pids.map((pid, at) => ((cpuSeconds(pid) - (before[at] ?? 0)) / (WATCHED_MS / 1000)) * 100)
  const memory = pids.map(residentMegabytes)
  console.log(`| ${WATCHED_MS / 1000} s, one minute boundary among them | RSS (bar 75 MB) | CPU of a core (bar 0.2 %) |
|---|--:|--:|
| rcron, ${CRONS} crons, none due | ${memory[0]?.toFixed(0)} MB | ${shares[0]?.toFixed(2)} % |
| a bare Node process with a timer | ${memory[1]?.toFixed(0)} MB | ${shares[1]?.toFixed(2)} % |`)
} finally {
  bare.kill()
  daemon.kill()
  await once(daemon, 'exit')
  rmSync(state, { recursive: true, force: true })
}

function flagsOfUnit(): readonly string[] {
  const unit = readFileSync(join(ROOT, 'systemd', 'rcron.service'), 'utf8')
  const [, flags = ''] = /^ExecStart=\S+ (.*) \S+main\.js daemon$/m.exec(unit) ?? []
  return flags.split(' ')
}

async function fill(): Promise<void> {
  const store = createSqliteStore(database)
  await store.applySchema(await store.planSchema())
  const host = await store.editor.systems.add({ host: '127.0.0.1' })
  const user = await store.editor.auths.add({ user: 'nobody', password: 'not used' })
  for (let number = 0; number < CRONS; number += 1) {
    const columns = {
      cron_name: `job ${number}`,
      cron_path: 'true',
      cron_min: '0',
      cron_hour: '0',
      cron_dom: '29',
      cron_mon: '2',
    }
    await store.editor.crons.add({ ...columns, host, user, enabled: 1 })
  }
  await store.close()
}

/** User and system time so far; fields 14 and 15 of /proc/PID/stat, in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

function residentMegabytes(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
