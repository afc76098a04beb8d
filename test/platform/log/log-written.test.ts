import { equal } from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { BoundedOutput } from '../../../src/platform/log/bounded-output.ts'
import { until } from '../../support/wait-until.ts'

const child = fileURLToPath(new URL('./log-killed-child.ts', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'rcron-written-'))
after(() => rmSync(directory, { recursive: true }))
const LINES = 300

/** What a process leaves on each kind of output that is killed as soon as its lines are said to be written. */
const kinds: Readonly<Record<string, () => Promise<string>>> = {
  'a regular file': async () => {
    const path = join(directory, 'log')
    const output = openSync(path, 'w')
    await once(spawn(process.execPath, [child, `${LINES}`], { stdio: ['ignore', output, 'inherit'] }), 'close')
    closeSync(output)
    return readFileSync(path, 'utf8')
  },
  'a pipe': async () => {
    const { stdout } = spawn('sh', ['-c', '"$0" "$@" | cat', process.execPath, child, `${LINES}`])
    return await text(stdout)
  },
  'a socket': async () => {
    const server = createServer({ pauseOnConnect: true }).listen(join(directory, 'socket'))
    const [[connected]] = await Promise.all([once(server, 'connection') as Promise<[Socket]>, connectAndLog()])
    server.close()
    return await text(connected)
  },
  'a terminal': async () => {
    const { stdout } = spawn('script', ['-qec', `"${process.execPath}" "${child}" ${LINES}`, '/dev/null'])
    return await text(stdout)
  },
}

async function connectAndLog(): Promise<void> {
  const script =
    'import os, socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); os.dup2(s.fileno(), 1); os.execv(sys.argv[2], sys.argv[2:])'
  const args = ['-c', script, join(directory, 'socket'), process.execPath, child, `${LINES}`]
  await once(spawn('python3', args, { stdio: ['ignore', 'ignore', 'inherit'] }), 'spawn')
}

for (const [kind, leave] of Object.entries(kinds)) {
  test(`F5: what is said to be written into ${kind} survives a SIGKILL`, async () => {
    const left = await leave()
    equal(left.match(/"msg":"run ended"/g)?.length, LINES)
  })
}

test('where nobody reads, one waits so long and the others no more, until something is read', async (t) => {
  const path = join(directory, 'fifo')
  execFileSync('mkfifo', [path])
  const end = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  t.after(() => closeSync(end))
  const output = new BoundedOutput(openSync(path, constants.O_WRONLY), 1024 * 1024, () => undefined)
  t.after(() => output.end(0))
  for (let line = 0; line < 100; line++) output.write(`${'x'.repeat(1999)}\n`)
  await output.written(20)
  // An hour would be too long for this test.
  await output.written(3_600_000)
  let read = 0
  await until('all has been read', () => {
    read += readSome(end)
    return read === 200_000
  })
  output.write('one more\n')
  await output.written(3_600_000)
  equal(readSome(end), 9)
})

/** How much there was to read. */
function readSome(descriptor: number): number {
  try {
    return readSync(descriptor, Buffer.alloc(65_536))
  } catch {
    return 0 // Nothing now.
  }
}
