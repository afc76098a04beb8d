import { deepEqual, equal, match } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import type { Controlled } from '../../src/control/controlled.ts'
import type { Status } from '../../src/control/schemas.ts'
import { ControlServer } from '../../src/control/server/control-server.ts'
import { aControlled, FIRING, LIVE_RUN, RUN_ID } from '../control/a-controlled.ts'
import { answering } from '../support/answering.ts'
import { RecordingLog } from '../support/builders.ts'
import { RcronCommand } from '../support/rcron-command.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'

const rcron = new ResidentRcron()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: 'x', password: 'y' })
  const host = await systems.add({ host: 'db1' })
  await crons.add({ cron_name: 'dump', cron_path: 'true', enabled: 1, host, user })
  await crons.add({ cron_name: 'sync', cron_path: 'true', enabled: 0, host, user })
})

for (const words of [['ps'], ['hosts'], ['run', 'dump'], ['kill', 'dump', '--yes'], ['reload']]) {
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
async function standIn(t: { readonly after: (clean: () => unknown) => void }, overrides: Partial<Controlled> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-sockets-'))
  chmodSync(directory, 0o755)
  const { controlled, told } = aControlled(overrides)
  const log = new RecordingLog()
  const server = await ControlServer.open({ controlled, log, directory, viewers: null, audit: () => {} })
  t.after(async () => {
    await server[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true, force: true })
  })
  return { directory, told, log }
}

test('what a daemon says is printed so that it cannot move a terminal', async (t) => {
  const { directory } = await standIn(t)
  const { stdout } = await rcron.run(['ps'], { env: { RUNTIME_DIRECTORY: directory } })
  equal(stdout.includes('\u001b'), false)
  match(stdout, /dump \\u001b\[31m|dump \\x1b\[31m/)
  match(stdout, /running, 2 of 3 hosts$/m)
})

test('who has no right to the sockets is told which group to join', async (t) => {
  if (process.getuid?.() !== 0) {
    t.skip('only root can become another user')
    return
  }
  const { directory, told, log } = await standIn(t)
  const { status, stderr } = await runAsNobody(['ps'], directory)
  equal(status, 5, stderr)
  match(stderr, /you may not use \S+\/view\.sock\nJoin the group rcron \(to steer it\) or rcron-view \(to look\)/)
  chmodSync(join(directory, 'view.sock'), 0o666)
  equal((await runAsNobody(['ps'], directory)).status, 0)
  const steered = await runAsNobody(['reload'], directory)
  equal(steered.status, 5)
  match(steered.stderr, /you may not use \S+\/control\.sock/)

  // As a member of the group: who it is is proven by a file, for which the directory must be open to the group too.
  chmodSync(join(directory, 'control.sock'), 0o666)
  const unproven = await runAsNobody(['reload'], directory)
  equal(unproven.status, 5)
  match(unproven.stderr, /cannot prove to the daemon who asks: cannot make \S+ \(EACCES\)/)
  deepEqual(told, [])
  chownSync(join(directory, 'asked'), 0, 65534)
  equal((await runAsNobody(['reload'], directory)).status, 0)
  deepEqual(told, ['reload'])
  equal(log.entries.findLast(({ message }) => message === 'command received')?.fields['by'], 'nobody')
})

test('on a terminal kill shows what it means and asks; no is the answer that is offered', async (t) => {
  const { directory, told } = await standIn(t)
  const terminal = new RcronCommand({ RUNTIME_DIRECTORY: directory })
  t.after(() => terminal[Symbol.dispose]())
  const no = await terminal.inTerminal(answering('Kill this run?', 'n'), ['kill', 'dump'])
  equal(no.status, 6)
  match(no.stdout, /running, 2 of 3 hosts[\s\S]*cancelled: nothing was killed/)
  deepEqual(told, [])
  const yes = await terminal.inTerminal(answering('Kill this run?', 'y'), ['kill', 'dump'])
  equal(yes.status, 0, yes.stdout)
  deepEqual(told, [{ kill: [RUN_ID] }])
})

test('on a terminal run asks before a clobber kills', async (t) => {
  const run = { ...LIVE_RUN, job: 'dump', action: 'clobber' as const }
  const { directory, told } = await standIn(t, {
    runs: () => ({
      schema: 'rcron.ps.v1',
      generated: '2026-03-01T12:00:00+01:00',
      slots: 64,
      items: [run],
      pauses: [],
    }),
    firing: async () => ({ ...FIRING, state: 'ended', active: [], hasSucceeded: true }),
  })
  const terminal = new RcronCommand({ RUNTIME_DIRECTORY: directory })
  t.after(() => terminal[Symbol.dispose]())
  const no = await terminal.inTerminal(answering('Kill it and start a new one?', 'n'), ['run', 'dump'])
  equal(no.status, 6)
  match(no.stdout, /action clobber kills it first[\s\S]*nothing was started, and nothing killed/)
  deepEqual(told, [])
  equal((await terminal.inTerminal(answering('never asked', 'n'), ['run', 'dump', '--yes'])).status, 0)
  deepEqual(told, [{ fire: { job: 'dump', isForced: false } }])
})

test('an interruption of --wait ends the waiting, and says that the run goes on', async (t) => {
  const asked = Promise.withResolvers<void>()
  const { directory } = await standIn(t, {
    firing: () => {
      asked.resolve()
      return new Promise(() => undefined)
    },
  })
  const waiting = new RcronCommand({ RUNTIME_DIRECTORY: directory })
  t.after(() => waiting[Symbol.dispose]())
  const child = waiting.start(['run', 'dump', '--wait'])
  await asked.promise
  child.kill('SIGINT')
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
  equal(status, 130)
  match(stderr, /dump goes on: "rcron ps dump" shows it, "rcron kill dump" ends it/)
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
