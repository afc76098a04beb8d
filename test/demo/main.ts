import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { actionOf } from '../../src/domain/action.ts'
import { aKeyPair } from './key-pair.ts'
import { startLoopbackHost } from './loopback-host.ts'
import { DEMONSTRATED, seedDemo } from './seed-demo.ts'
import { hasRoomForBoard, showBoard } from './show-board.ts'

// Each start has a key of its own: the hosts run what they are told as this user, and any user of the machine reaches them.
const key = aKeyPair()
const USER = 'demo'

const directory = mkdtempSync(join(tmpdir(), 'rcron-demo-'))
const hosts = await Promise.all(
  ['127.0.0.2', '127.0.0.3', '127.0.0.4'].map((address) => {
    const home = join(directory, address)
    mkdirSync(home)
    return startLoopbackHost(address, { user: USER, publicKey: key.public, home })
  }),
)
const database = join(directory, 'rcron.db')
await seedDemo(database, hosts, { user: USER, password: key.private })

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const variables = {
  HOME: directory,
  RCRON_STATE_DIR: directory,
  RCRON_DATABASE_URL: `sqlite:${database}`,
  RCRON_CACHE_STALE_MINUTES: '1',
}
const command = join(directory, 'rcron')
writeFileSync(command, commandOf(variables), { mode: 0o700 })

const isBoard = hasRoomForBoard(process.stdout)
if (!isBoard) {
  console.log(`Three SSH hosts listen on loopback, and the SQLite store ${database} holds five jobs, due at every minute:

  report  failover  one host, succeeds
  dump    failover  its first host is down: the second takes over
  index   shuffle   fails on every host, in an order that changes by the minute
  rotate  all       on all three hosts at once
  watch   clobber   runs for an hour: each minute kills the run before

They fire now and at each minute boundary. In a second terminal ${command} is their rcron: try "${command} cron list".
Ctrl-C ends the demonstration and leaves nothing behind.
`)
}

const daemon = spawn(process.execPath, ['--disable-sigusr1', main, 'daemon'], {
  cwd: directory,
  env: {
    PATH: process.env['PATH'],
    ...variables,
    RCRON_DRAIN_SECONDS: '1',
    ...(isBoard && { RCRON_LOG_FORMAT: 'json', RCRON_LOG_RUNS: 'runs' }),
    ...(process.env['NO_COLOR'] !== undefined && { NO_COLOR: process.env['NO_COLOR'] }),
  },
  stdio: ['inherit', isBoard ? 'pipe' : 'inherit', isBoard ? 'pipe' : 'inherit'],
})
const outputs = [daemon.stdout, daemon.stderr].filter((it) => it !== null)
const jobs = DEMONSTRATED.map(({ cron_name: name, action }) => ({ name, action: actionOf(action ?? 0) ?? 'failover' }))
const board = isBoard ? showBoard(process.stdout, outputs, jobs, command) : null

// Ctrl-C reaches the daemon too; this process waits for it, and passes on what was sent to it alone.
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => daemon.kill('SIGTERM'))
process.stdout.on('error', () => {}) // Its terminal was closed, which SIGHUP says as well.
daemon.on('close', (code) => {
  const lines = board?.end() ?? []
  if (code !== 0) console.error(lines.join('\n'))
  for (const host of hosts) host.close()
  rmSync(directory, { recursive: true, force: true })
  process.exitCode = code ?? 1
})

/** A program that is rcron with these variables, wherever it is started. */
function commandOf(variables: Readonly<Record<string, string>>): string {
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`)
  const words = [process.execPath, '--disable-sigusr1', main].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
  return `#!/bin/sh\ncd '${directory}'\n${exports.join('\n')}\nexec ${words.join(' ')} "$@"\n`
}
