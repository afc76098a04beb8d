import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { after, type TestContext, test } from 'node:test'
import { freePort } from '../../support/free-port.ts'
import { PlainLab } from '../../support/plain-lab.ts'
import { realClock } from '../../support/real-clock.ts'
import { startSshd } from '../../support/sshd.ts'
import { until } from '../../support/wait-until.ts'

const sshd = await startSshd()
after(() => sshd.stop())
const secret = sshd.clientKey.contents

async function reasonOf(lab: PlainLab, port: number): Promise<string> {
  const { outcome, startedAt, durationMs } = await lab.run({ port, secret }, 'true')
  deepEqual([startedAt, durationMs], [null, null])
  return outcome.kind === 'unreachable'
    ? [outcome.reason, outcome.detail].filter(Boolean).join(' | ')
    : `not unreachable but ${outcome.kind}`
}

/** A server that does as `talk` says to whoever connects. */
async function startTalker(
  t: TestContext,
  talk: (socket: Socket) => void,
): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer((socket) => {
    socket.on('error', () => {
      // Whoever connects may break off.
    })
    socket.resume()
    talk(socket)
  })
  t.after(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, server }
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))
}

test('A1: a refused connection is unreachable within a second', async () => {
  await using lab = new PlainLab()
  const took: number[] = []
  for (let round = 0; round < 5; round++) {
    const port = await freePort()
    const before = performance.now()
    match(await reasonOf(lab, port), /^127\.0\.0\.1:\d+: connection refused: nothing listens on this port/)
    took.push(performance.now() - before)
  }
  // The median: what else the machine does only adds to it.
  const [, , median = Number.NaN] = took.sort((a, b) => a - b)
  ok(median < 1_000, `took ${took} ms`)
})

test('A2: a host that answers no SYN is unreachable when the timer of TCP ends', async (t) => {
  await using lab = new PlainLab({ timings: { tcpMs: 300 } })
  const port = await startBlackHole(t)
  match(await reasonOf(lab, port), /no answer to the connection within 0\.3 s/)
})

const talkers: readonly (readonly [string, (socket: Socket) => void, RegExp])[] = [
  ['a silent listener', () => {}, /the greeting did not finish within 0\.4 s$/],
  [
    'an SSH server that stops after its greeting',
    (it) => it.write('SSH-2.0-x\r\n'),
    /handshake did not finish within 0\.4 s/,
  ],
  ['an endless greeting', endlessLines, /as expected \| "Max greeting lines exceeded"$/],
  ['an endless line as a greeting', endlessLine, /as expected \| "Header line too long"$/],
  [
    'an endless greeting that takes its time',
    drip,
    /the greeting did not finish within 0\.4 s, and it sent something other than an SSH greeting \| it said "hold the line"$/,
  ],
  [
    'an HTTP server',
    (it) => it.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    /it closed the connection, and did not greet as SSH servers do \("SSH-2\.0-…"\) \| it said "HTTP\/1\.1 400 Bad Request"$/,
  ],
  ['garbage', (it) => it.end(Buffer.alloc(100_000, 0x9f)), /127\.0\.0\.1/],
]
for (const [what, talk, expected] of talkers) {
  test(`A2: ${what} is unreachable, and its socket is destroyed`, async (t) => {
    await using lab = new PlainLab({ timings: { loginMs: 400 } })
    const { port, server } = await startTalker(t, talk)
    match(await reasonOf(lab, port), expected)
    await until('the socket is gone', async () => (await connectionsOf(server)) === 0, 2_000)
  })
}

for (const [what, talk] of [
  ['an endless greeting', endlessLines],
  ['an endless line as a greeting', endlessLine],
] as const) {
  test(`A2: ${what} leaves memory flat from the first on: it is not read to its end`, async (t) => {
    await using lab = new PlainLab({ timings: { loginMs: 3_000 } })
    const sockets: Socket[] = []
    const { port } = await startTalker(t, (socket) => {
      sockets.push(socket)
      talk(socket)
    })
    const before = peakBytes()
    for (let round = 0; round < 10; round++) await reasonOf(lab, port)
    const grown = peakBytes() - before
    ok(grown < 32 * MIB, `the most that was held at once has grown by ${grown} bytes`)
    // What the kernel's buffers hold, and not what flows in the time of a login.
    for (const { bytesWritten } of sockets) ok(bytesWritten < 16 * MIB, `${bytesWritten} bytes were taken`)
    equal(sockets.length, 10)
  })
}

const MIB = 1024 * 1024

/** The most memory that this process has had at any moment. */
function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024
}

function endlessLines(socket: Socket): void {
  flood(socket, 'welcome, please hold the line\r\n'.repeat(100))
}

function endlessLine(socket: Socket): void {
  flood(socket, 'welcome, please hold the line '.repeat(100))
}

function flood(socket: Socket, text: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(text));
  }
  socket.on('drain', more)
  more()
}

function drip(socket: Socket): void {
  const timer = setInterval(() => socket.write('hold the line\r\n'), 20)
  socket.on('close', () => clearInterval(timer))
}

/** The port of a listener that accepts nothing, with its backlog full: the kernel drops every further SYN. */
async function startBlackHole(t: TestContext): Promise<number> {
  const script = `const s = require('node:net').createServer(() => {}).listen({ port: 0, host: '127.0.0.1', backlog: 1 },
    () => { console.log(s.address().port); process.kill(process.pid, 'SIGSTOP') })`
  // The kernel ends it with this process, however this process ends: stopped, it would stay for ever.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  const port = Number(String(line))
  await fillBacklog(t, port)
  return port
}

async function fillBacklog(t: TestContext, port: number): Promise<void> {
  for (;;) {
    const filler = connect({ port, host: '127.0.0.1' })
    t.after(() => filler.destroy())
    filler.on('error', () => {
      // It is destroyed at the end.
    })
    const isAccepted = await Promise.race([
      once(filler, 'connect').then(() => true),
      realClock.sleep(150).then(() => false),
    ])
    if (!isAccepted) return
  }
}
