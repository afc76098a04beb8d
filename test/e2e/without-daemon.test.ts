import { deepEqual, equal, match } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import type { Status } from '../../src/control/schemas.ts'
import { ControlServer } from '../../src/control/server/control-server.ts'
import { aControlled } from '../control/a-controlled.ts'
import { RecordingLog } from '../support/builders.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: 'x', password: 'y' })
  const host = await systems.add({ host: 'db1' })
  await crons.add({ cron_name: 'dump', cron_path: 'true', enabled: 1, host, user })
  await crons.add({ cron_name: 'sync', cron_path: 'true', enabled: 0, host, user })
})

for (const words of [['ps'], ['run', 'dump'], ['kill', 'dump', '--yes'], ['reload']]) {
  test(`without a daemon "rcron ${words.join(' ')}" says so, and how to start it`, async () => {
    const { status, stdout, stderr } = await rcron.run(words)
    deepEqual([status, stdout], [3, ''])
    match(
      stderr,
      /^rcron: rcron is not running: nobody answers at \S+\/state\/control\.sock\nStart it with "systemctl start rcron"/,
    )
  })
}

test('without a daemon status says what files and store tell, and ends with 3', async () => {
  const { status, stdout } = await rcron.run(['status'])
  equal(status, 3)
  match(
    stdout,
    /^user .*\nstore +sqlite:\S+\/state\/rcron\.db\nstate directory +\S+\/state\ndaemon +not running\nlast planned +-\n/,
  )
  match(stdout, /^definitions +1 of 2 crons enabled; read from the store at /m)
  const { stdout: json } = await rcron.run(['status', '--json'])
  const told = JSON.parse(json) as Status
  deepEqual([told.schema, told.daemon, told.runs, told.problems], ['rcron.status.v1', null, null, []])
})

test('without a daemon and without a store status says that too', async () => {
  const { status, stdout } = await rcron.run(['status'], { env: { RCRON_DATABASE_URL: 'sqlite:/nowhere/at/all.db' } })
  equal(status, 3)
  match(stdout, /^! SQLite at \/nowhere\/at\/all\.db: there is no directory/m)
})

test('rcron alone says in short how it is, and six commands', async () => {
  const { status, stdout } = await rcron.run([])
  equal(status, 0)
  match(stdout, /^rcron \S+: no daemon is running\nuser \S+, store sqlite:\S+, state in \S+\n\n/)
  equal(stdout.match(/^ {2}rcron /gm)?.length, 6)
  const wrong = await rcron.run([], { env: { RCRON_TIMEZONE: 'Nowhere/Land' } })
  equal(wrong.status, 0)
  match(wrong.stdout, /^rcron \S+: RCRON_TIMEZONE: /)
})

test('a change without a daemon takes effect when one starts', async () => {
  const { stderr } = await rcron.run(['cron', 'enable', 'sync'])
  equal(stderr, 'No daemon is running: this takes effect when one starts.\n')
})

test('what every exit status means is listed', async () => {
  const { status, stdout } = await rcron.run(['help', 'exit-codes'])
  equal(status, 0)
  for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 20, 130]) match(stdout, new RegExp(`^ {2}${code} +\\S`, 'm'))
})

/** What stands in for a daemon, at a place that other users can see. */
async function standIn(t: { readonly after: (clean: () => unknown) => void }) {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-sockets-'))
  chmodSync(directory, 0o755)
  const { controlled } = aControlled()
  const server = await ControlServer.open({ controlled, log: new RecordingLog(), directory, viewers: null })
  t.after(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

test('what a daemon says is printed so that it cannot move a terminal', async (t) => {
  const { stdout } = await rcron.run(['ps'], { env: { RUNTIME_DIRECTORY: await standIn(t) } })
  equal(stdout.includes('\u001b'), false)
  match(stdout, /dump \\u001b\[31m|dump \\x1b\[31m/)
  match(stdout, /running, 2 of 3 hosts$/m)
})

test('who has no right to the sockets is told which group to join', async (t) => {
  if (process.getuid?.() !== 0) {
    t.skip('only root can become another user')
    return
  }
  const directory = await standIn(t)
  const { status, stderr } = await runAsNobody(['ps'], directory)
  equal(status, 5, stderr)
  match(stderr, /you may not use \S+\/view\.sock\nJoin the group rcron \(to steer it\) or rcron-view \(to look\)/)
  chmodSync(join(directory, 'view.sock'), 0o666)
  equal((await runAsNobody(['ps'], directory)).status, 0)
  const steered = await runAsNobody(['reload'], directory)
  equal(steered.status, 5)
  match(steered.stderr, /you may not use \S+\/control\.sock/)
})

test('what answers and is no daemon is said to be none', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-sockets-'))
  const other = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'))
  other.listen(join(directory, 'control.sock'))
  t.after(() => {
    other.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const { status, stderr } = await rcron.run(['ps'], { env: { RUNTIME_DIRECTORY: directory } })
  equal(status, 1)
  match(stderr, /what answers at \S+ is not rcron/)
})

async function runAsNobody(words: readonly string[], directory: string) {
  const main = join(import.meta.dirname, '../../src/main.ts')
  const child = spawn(
    'setpriv',
    ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, main, ...words],
    {
      cwd: '/',
      env: { PATH: process.env['PATH'], HOME: '/', RUNTIME_DIRECTORY: directory },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return { status: status as number | null, stderr }
}
