import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aKeyPair } from './key-pair.ts'
import { startLoopbackHost } from './loopback-host.ts'
import { seedDemo } from './seed-demo.ts'

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

console.log(`Three SSH hosts listen on loopback, and the SQLite store ${database} holds five jobs, due at every minute:

  report  failover  one host, succeeds
  dump    failover  its first host is down: the second takes over
  index   shuffle   fails on every host, in an order that changes by the minute
  rotate  all       on all three hosts at once
  watch   clobber   runs for an hour: each minute kills the run before

They fire now and at each minute boundary. Ctrl-C ends the demonstration and leaves nothing behind.
`)

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const environment = {
  PATH: process.env['PATH'],
  HOME: directory,
  RCRON_STATE_DIR: directory,
  RCRON_DATABASE_URL: `sqlite:${database}`,
  RCRON_DRAIN_SECONDS: '1',
  ...(process.env['NO_COLOR'] !== undefined && { NO_COLOR: process.env['NO_COLOR'] }),
}
const daemon = spawn(process.execPath, ['--disable-sigusr1', main, 'daemon'], {
  cwd: directory,
  env: environment,
  stdio: 'inherit',
})

// Ctrl-C reaches the daemon too; this process waits for it, and passes on what was sent to it alone.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => daemon.kill('SIGTERM'))
daemon.on('exit', (code) => {
  for (const host of hosts) host.close()
  rmSync(directory, { recursive: true, force: true })
  process.exitCode = code ?? 1
})
