import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { COMPILE_CACHE } from '../support/compile-cache.ts'
import { rcron } from '../support/daemon.ts'
import { until } from '../support/wait-until.ts'
import { aLab, type Lab, type LabCron, UNTIL_GO } from './lab.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const NEVER = { cron_min: '0', cron_hour: '0', cron_dom: '29', cron_mon: '2', cron_dow: '*' } as const

/** A command that goes on while the test looks at what it has printed. */
class Follower {
  stdout = ''
  stderr = ''
  readonly child: ChildProcess
  readonly #closed: Promise<number | null>

  constructor(t: TestContext, lab: Lab, words: readonly string[]) {
    const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE, ...lab.environment }
    this.child = spawn(process.execPath, [MAIN, ...words], { env, cwd: lab.state, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.#closed = once(this.child, 'close').then(([code]) => code as number | null)
    t.after(() => this.child.kill('SIGKILL'))
  }

  async prints(on: 'stdout' | 'stderr', pattern: RegExp): Promise<void> {
    await until(`it prints ${pattern}`, () => pattern.test(this[on])).catch((error) => {
      throw new Error(`${error.message}; it has printed:\n${this.stdout}\n${this.stderr}`)
    })
  }

  get ended(): Promise<number | null> {
    return this.#closed
  }
}

async function aDaemon(t: TestContext, crons: readonly LabCron[], hosts = 1) {
  const lab = await aLab(
    t,
    crons.map((cron) => ({ ...NEVER, ...cron })),
    { hosts },
  )
  const daemon = lab.start({})
  await daemon.tells(/READY=1/)
  const follow = (...words: readonly string[]) => new Follower(t, lab, words)
  return { lab, daemon, follow, run: (...words: string[]) => rcron(words, lab.environment) }
}

const TALKING = `printf 'first \\033[2J\\n'; echo trouble >&2; ${UNTIL_GO}; echo last; exit 3`

test('what a run prints is followed by several readers to its end, and what moves a terminal is visible', async (t) => {
  const { lab, follow, run } = await aDaemon(t, [{ cron_name: 'talk', cron_path: TALKING }])
  await run('run', 'talk')
  const readers = [
    follow('logs', '-f', 'talk'),
    follow('logs', '-f', 'talk', '--raw'),
    follow('logs', '-f', 'talk', '--json'),
  ]
  for (const reader of readers) await reader.prints('stdout', /first/)
  const gone = follow('logs', '-f', 'talk')
  await gone.prints('stdout', /first/)
  gone.child.kill('SIGKILL')
  const left = follow('logs', '-f', 'talk')
  await left.prints('stdout', /first/)
  left.child.kill('SIGINT')
  equal(await left.ended, 130)
  match(left.stderr, /no longer followed, and goes on/)
  lab.touch('go')
  const [shown, raw, json] = readers
  deepEqual([await shown?.ended, await raw?.ended, await json?.ended], [0, 0, 0])
  deepEqual([shown?.stdout, raw?.stdout], ['first \\x1b[2J\nlast\n', 'first \u001b[2J\nlast\n'])
  match(shown?.stderr ?? '', /^rcron: talk on 127\.0\.0\.1: follows run [0-9a-f]{32}\n/)
  match(shown?.stderr ?? '', /\ntrouble\n/)
  match(shown?.stderr ?? '', /\nrcron: talk on 127\.0\.0\.1: failed with exit code 3, took \d+ m?s\n$/)
  const kinds = (json?.stdout ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).kind)
  deepEqual([kinds[0], kinds.at(-1)], ['run', 'end'])
})

test('where nothing of a job is active its next run is waited for, and a walk is followed from host to host', async (t) => {
  const crons = [
    { cron_name: 'walk', cron_path: 'echo on one; exit 1' },
    { cron_name: 'walk', cron_path: 'echo on two', on: 2 },
  ]
  const { follow, run } = await aDaemon(t, crons, 2)
  const reader = follow('logs', '-f', 'walk')
  await reader.prints('stderr', /^rcron: no run of walk is active: waits for the next one\n/)
  await run('run', 'walk')
  equal(await reader.ended, 0)
  equal(reader.stdout, 'on one\non two\n')
  match(reader.stderr, /failed with exit code 1.*\n[\s\S]*succeeded, took/)
})

test('a daemon that stops while it is followed is said to have gone', async (t) => {
  const { lab, daemon, follow, run } = await aDaemon(t, [
    { cron_name: 'talk', cron_path: TALKING },
    { cron_name: 'idle', cron_path: 'true' },
  ])
  await run('run', 'talk')
  const reader = follow('logs', '-f', 'talk')
  await reader.prints('stdout', /first/)
  const waiting = follow('logs', '-f', 'idle')
  await waiting.prints('stderr', /waits for the next one/)
  daemon.signal('SIGKILL')
  await daemon.exit()
  for (const one of [reader, waiting]) {
    equal(await one.ended, 8)
    match(one.stderr, /the daemon has gone: runs continue on their hosts, and its next start adopts them/)
  }
  const alone = await run('logs', '-f', 'talk')
  equal(alone.code, 3)
  lab.touch('go')
})

test('a run that an earlier process began is told of when it has ended', async (t) => {
  const { lab, daemon, follow, run } = await aDaemon(t, [{ cron_name: 'talk', cron_path: TALKING, keep_output: 1 }])
  await run('run', 'talk')
  await until('it runs', async () => JSON.parse((await run('ps', '--json')).stdout).items[0]?.state === 'running')
  daemon.signal('SIGKILL')
  await daemon.exit()
  const next = lab.start({})
  await next.said('run adopted')
  const reader = follow('logs', '-f', 'talk')
  await reader.prints('stderr', /cannot be heard here/)
  lab.touch('go')
  equal(await reader.ended, 0)
  match(reader.stdout, /first [\s\S]*last\n/)
  match(reader.stderr, /failed with exit code 3/)
})

/** Runs a command on a terminal of its own; its exit status is that of the command. */
const ON_TERMINAL = 'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'

async function onTerminal(lab: Lab, ...words: readonly string[]) {
  const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE, TERM: 'dumb', ...lab.environment }
  const args = ['-c', ON_TERMINAL, process.execPath, MAIN, ...words]
  const child = spawn('python3', args, { env, cwd: lab.state, stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { code: code as number | null, said: said.replaceAll('\r\n', '\n') }
}

test('on a terminal a job that is started is followed from host to host, and its status is the one of the command', async (t) => {
  const crons = [
    { cron_name: 'walk', cron_path: 'echo on one; exit 1' },
    { cron_name: 'walk', cron_path: "printf 'on two\\033[2J'; exit 7", on: 2 },
    { cron_name: 'quick', cron_path: 'true' },
  ]
  const { lab } = await aDaemon(t, crons, 2)
  const { code, said } = await onTerminal(lab, 'run', 'walk')
  equal(code, 7, said)
  match(
    said,
    /\non one\nrcron: walk on 127\.0\.0\.1: failed with exit code 1, took [\s\S]*\non two\\x1b\[2J\nrcron: walk on 127\.0\.0\.1: failed with exit code 7, took/,
  )
  const quick = await onTerminal(lab, 'run', 'quick', '--wait')
  equal(quick.code, 0, quick.said)
  match(quick.said, /rcron: quick on 127\.0\.0\.1: succeeded, took/)
})

test('words that mean nothing, and options that do not go together, are mistakes', async (t) => {
  const { run } = await aDaemon(t, [{ cron_name: 'talk', cron_path: TALKING }])
  const unknown = await run('logs', '-f', 'tlak')
  deepEqual([unknown.code, unknown.stdout], [4, ''])
  match(unknown.stderr, /tlak: there is no such job/)
  const both = await run('logs', '-f', 'talk', '--attempt', '1')
  equal(both.code, 2)
  match(both.stderr, /'-f, --follow' cannot be used with option '--attempt <n>'/)
})

test('a flood of rubbish is followed within bounds, says what is left out, and does not slow the run', async (t) => {
  const flood = 'head -c 200000000 /dev/urandom; echo; echo the end'
  const { daemon, follow, run } = await aDaemon(t, [{ cron_name: 'flood', cron_path: flood }])
  const reader = follow('logs', '-f', 'flood')
  const stalled = follow('logs', '-f', 'flood')
  for (const one of [reader, stalled]) await one.prints('stderr', /waits for the next one/)
  // Nothing of it is read any more.
  stalled.child.kill('SIGSTOP')
  const { code, stdout } = await run('run', 'flood', '--wait')
  equal(code, 0, stdout)
  equal(await reader.ended, 0, reader.stderr.slice(-500))
  equal(reader.stdout.slice(-9), '\nthe end\n')
  match(reader.stderr, /\d+ bytes of stdout are left out here\n/)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not come out
  equal(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/.exec(reader.stdout), null)
  stalled.child.kill('SIGCONT')
  equal(await stalled.ended, 0)
  ok(daemon.logged('run ended').length === 1)
})
