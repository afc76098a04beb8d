import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const child = fileURLToPath(new URL('./log-child.ts', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'rcron-log-'))
after(() => rmSync(directory, { recursive: true }))

function logged(format: string, lines: number): string[] {
  const { stdout, status } = spawnSync(process.execPath, [child, format, String(lines)], { encoding: 'utf8' })
  equal(status, 0)
  return stdout.trimEnd().split('\n')
}

test('every line arrives, in order, and the last one before the exit', () => {
  const lines = logged('text', 1_000)
  equal(lines.length, 1_001)
  match(lines[999] ?? '', / info {2}run ended cron=1000 reason="<0>x\\ny+"$/)
  match(lines[1_000] ?? '', / alarm last words$/)
})

test('for the journal every line begins with its own priority', () => {
  const lines = logged('journal', 2)
  deepEqual(
    lines.map((line) => line.slice(0, 6)),
    ['<6>run', '<6>run', '<1>las'],
  )
})

test('JSON lines are one object each', () => {
  const [first, second] = logged('json', 1).map((line) => JSON.parse(line))
  deepEqual(Object.keys(first), ['level', 'time', 'cron', 'reason', 'msg'])
  equal(first.level, 'info')
  equal(second.level, 'alarm')
})

test('auto is text where the output is not the journal, though systemd named one', () => {
  const { stdout } = spawnSync(process.execPath, [child, 'auto', '1'], {
    encoding: 'utf8',
    env: { ...process.env, JOURNAL_STREAM: '1:2' },
  })
  match(stdout, /^\d{4}-/)
})

test('auto is for the journal where the output is the one that JOURNAL_STREAM names', () => {
  const path = join(directory, 'journal')
  const script = 'exec env JOURNAL_STREAM="$(stat -Lc %d:%i /proc/self/fd/1)" "$0" "$@"'
  const output = openSync(path, 'w')
  // The substitution has a standard output of its own: the file is handed in as descriptor 3 to be looked at.
  const shown = script.replace('/proc/self/fd/1', '/proc/self/fd/3')
  spawnSync('sh', ['-c', shown, process.execPath, child, 'auto', '1'], { stdio: ['ignore', output, 'ignore', output] })
  closeSync(output)
  match(readFileSync(path, 'utf8'), /^<6>run ended/)
})

test('a pipe that nobody reads stalls nothing: lines are dropped and counted, and the process can exit', async () => {
  const { stdout, stderr, process: daemon } = start()
  let said = ''
  stderr.on('data', (chunk) => {
    said += chunk
  })
  while (!said.includes('\n')) await once(stderr, 'data')
  const { worst } = JSON.parse(said)
  ok(worst < 50, `the loop stood still for ${worst} ms`)
  const exited = once(daemon, 'exit')
  daemon.kill('SIGTERM')
  const [code] = await exited
  equal(code, 0)
  stdout.destroy()
})

test('when the reader is back, it is told how many lines are missing', async () => {
  const { stdout, stderr, process: daemon } = start()
  await once(stderr, 'data')
  let read = ''
  stdout.setEncoding('utf8').on('data', (chunk) => {
    read += chunk
  })
  stdout.resume()
  while (!read.includes('lines dropped')) await once(stdout, 'data')
  const closed = once(daemon, 'close')
  daemon.kill('SIGTERM')
  await closed
  const dropped = Number(/lines dropped.* dropped=(\d+)/.exec(read)?.[1])
  const arrived = read.match(/run ended/g)?.length ?? 0
  equal(arrived + dropped, 5_000)
  match(read.slice(-200), /last words\n$/)
})

function start() {
  const daemon = spawn(process.execPath, [child, 'text', '5000', 'wait'], { stdio: ['ignore', 'pipe', 'pipe'] })
  daemon.stdout.pause()
  return { process: daemon, stdout: daemon.stdout, stderr: daemon.stderr }
}
