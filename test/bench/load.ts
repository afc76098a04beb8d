import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createPool } from 'mysql2/promise'
import { SealedDefinitionsCache } from '../../src/definitions/cache/sealed-definitions-cache.ts'
import { compileSteps } from '../../src/definitions/compile-snapshot.ts'
import { SystemClock } from '../../src/platform/system-clock.ts'
import { yieldBetween } from '../../src/platform/waiting/yielding.ts'
import { createMysqlStore } from '../../src/store/mysql/mysql-store.ts'
import { type Mariadb, startMariadb } from '../support/mariadb.ts'

/**
 * 100,000 crons: read from MariaDB, compiled, sealed and written, against a bare mysql2 that only reads, in the same run.
 * `node test/bench/load.ts [CRONS]`
 */
const CRONS = Number(process.argv[2] ?? 100_000)
const ROUNDS = 5
const BAR_MS = 3_000
const BAR_STALL_MS = 50
const RESOLUTION_MS = 1

type Part = { readonly ms: number; readonly stallMs: number }
type Measured = { readonly ms: number; readonly stallMs: number; readonly parts: Readonly<Record<string, Part>> }

const folder = mkdtempSync(join(tmpdir(), 'rcron-bench-'))
const clock = new SystemClock()
const cache = new SealedDefinitionsCache({
  path: join(folder, 'rcron.cache'),
  clock,
  databaseOf: () => undefined,
  hexKey: randomBytes(32).toString('hex'),
  database: 'bench',
})

const server = await startMariadb()
try {
  await fill(server)
  const bare = await rounds(() => readBare(server))
  const ours = await rounds(() => readOurs(server))
  report('bare mysql2, SELECT *', bare)
  report('rcron', ours)
  const first = ours[0]
  if (first === undefined) throw new Error('nothing was measured')
  const worstStall = Math.max(...ours.map(({ stallMs }) => stallMs))
  const holds = first.ms <= BAR_MS && worstStall <= BAR_STALL_MS
  console.log(`bar: ${BAR_MS} ms from cold, no stall over ${BAR_STALL_MS} ms: ${holds ? 'reached' : 'MISSED'}`)
  process.exitCode = holds ? 0 : 1
} finally {
  await server.stop()
  rmSync(folder, { recursive: true })
}

async function fill(target: Mariadb): Promise<void> {
  const store = storeOf(target)
  await store.applySchema(await store.planSchema())
  await store.close()
  await target.query(
    `insert into rcron_auth (user, password, checksum) select concat('user', seq), 'secret', sha2('secret', 256) from seq_1_to_20`,
    `insert into rcron_hosts (host) select concat('host', seq, '.example') from seq_1_to_1000`,
    `insert into rcron_crons (cron_name, cron_path, cron_min, cron_hour, enabled, host, user, action)
     select concat('job', seq div 3), concat('/usr/local/bin/task --number ', seq, ' --quiet >/dev/null'),
       concat(seq % 60), if(seq % 2, '*', concat(seq % 24)), 1, 1 + seq % 1000, 1 + seq % 20, seq % 4
     from seq_1_to_${CRONS}`,
  )
}

function storeOf({ port, user, password, database }: Mariadb) {
  return createMysqlStore({ host: '127.0.0.1', port, user, password, database, poolSize: 4, tls: null })
}

async function readOurs(target: Mariadb): Promise<Measured> {
  const store = storeOf(target)
  try {
    return await measure(async (lap) => {
      const loaded = await store.loadDefinitions()
      expectAll(loaded.definitions.crons.length)
      await lap('read')
      expectAll((await yieldBetween(compileSteps({ ...loaded, defaultTimezone: 'Europe/Berlin' }))).crons.length)
      await lap('compile')
      await cache.save({ definitions: loaded.definitions, savedAt: clock.now() })
      await lap('seal and write')
    })
  } finally {
    await store.close()
  }
}

async function readBare({ port, user, password, database }: Mariadb): Promise<Measured> {
  const pool = createPool({ host: '127.0.0.1', port, user, password, database })
  try {
    return await measure(async (lap) => {
      await pool.query('select * from rcron_auth')
      await pool.query('select * from rcron_hosts')
      const [rows] = await pool.query('select * from rcron_crons')
      expectAll((rows as unknown[]).length)
      await lap('read')
    })
  } finally {
    await pool.end()
  }
}

function expectAll(count: number): void {
  if (count !== CRONS) throw new Error(`read ${count} crons, expected ${CRONS}`)
}

async function rounds(run: () => Promise<Measured>): Promise<readonly Measured[]> {
  const measured: Measured[] = []
  for (let round = 0; round < ROUNDS; round += 1) measured.push(await run())
  return measured
}

async function measure(work: (lap: (name: string) => Promise<void>) => Promise<void>): Promise<Measured> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  const parts: Record<string, Part> = {}
  let stallMs = 0
  delay.enable()
  const began = performance.now()
  let lapBegan = began
  const lap = async (name: string) => {
    const ms = performance.now() - lapBegan
    // One more turn, so that a stall at the very end is seen.
    await new Promise((resolve) => setTimeout(resolve, 2 * RESOLUTION_MS))
    const worst = delay.max / 1e6 - RESOLUTION_MS
    stallMs = Math.max(stallMs, worst)
    parts[name] = { ms, stallMs: worst }
    delay.reset()
    lapBegan = performance.now()
  }
  await work(lap)
  const ms = performance.now() - began
  delay.disable()
  return { ms, stallMs, parts }
}

function report(name: string, measured: readonly Measured[]): void {
  const sorted = measured.map(({ ms }) => ms).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const stall = Math.max(...measured.map(({ stallMs }) => stallMs))
  const first = measured[0]?.ms ?? Number.NaN
  console.log(
    `${name}: first ${first.toFixed(0)} ms, median of ${sorted.length} ${median.toFixed(0)} ms, longest stall ${stall.toFixed(1)} ms`,
  )
  for (const [round, { parts }] of measured.entries()) {
    const said = Object.entries(parts).map(
      ([part, found]) => `${part} ${found.ms.toFixed(0)} ms (stall ${found.stallMs.toFixed(1)})`,
    )
    console.log(`  round ${round + 1}: ${said.join(', ')}`)
  }
}
