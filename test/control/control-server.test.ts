import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import * as z from 'zod'
import type { Deed } from '../../src/control/act/audit-trail.ts'
import { ControlFault } from '../../src/control/faults.ts'
import { ControlServer } from '../../src/control/server/control-server.ts'
import { RecordingLog } from '../support/builders.ts'
import { LoopStall } from '../support/loop-stall.ts'
import { until } from '../support/wait-until.ts'
import { aControlled, FIRING_ID, RUN_ID } from './a-controlled.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-control-'))
const log = new RecordingLog()
let failure: Error | null = null
const deeds: Deed[] = []
const { controlled, told, left } = aControlled({
  runs: (of) => {
    if (failure !== null) throw failure
    if (of === 'none') throw new ControlFault('NOT_FOUND', 'none: there is no such job', 'Did you mean one?')
    return aControlled().controlled.runs(of)
  },
  output: (run, reader) => {
    if (run !== RUN_ID) throw new ControlFault('NOT_FOUND', 'there is no such run')
    return aControlled().controlled.output(run, reader)
  },
})
const server = await ControlServer.open({
  controlled,
  log,
  directory,
  viewers: null,
  audit: (deed) => void deeds.push(deed),
})
after(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
})
const CONTROL = join(directory, 'control.sock')
const VIEW = join(directory, 'view.sock')

type Sent = {
  readonly socketPath?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

async function ask(path: string, { socketPath = CONTROL, method = 'GET', headers = {}, body = '' }: Sent = {}) {
  const asked = request({ socketPath, method, path, headers: { host: 'localhost', ...headers } })
  // Cut off behind an answer that came early, it has more to send.
  asked.on('error', () => {}).end(body)
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: response.statusCode, said: JSON.parse(await text(response)) }
}

type Told = { readonly event: string; readonly id: string | undefined; readonly data: unknown }

/** The messages of a feed that ends, or the first one of one that goes on. */
async function firstOf(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  socketPath = CONTROL,
): Promise<readonly Told[]> {
  const asked = request({ socketPath, path, headers: { host: 'localhost', ...headers } }).end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  deepEqual([response.statusCode, response.headers['content-type']], [200, 'text/event-stream'])
  let said = ''
  for await (const part of response.setEncoding('utf8')) {
    said += part
    if (path.endsWith('/events') && said.includes('\n\n')) break
  }
  return said
    .split('\n\n')
    .filter((message) => message !== '')
    .map((message) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(message)?.[1]
      return { event: field('event') ?? '', id: field('id'), data: JSON.parse(field('data') ?? 'null') }
    })
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Meets a new challenge by what `make` leaves at its path; answers with the headers that say so. */
async function proven(make: (path: string) => void = (path) => writeFileSync(path, '')) {
  const { said } = await ask('/api/v1/challenge')
  make(said.path)
  return { 'rcron-proof': said.challenge as string }
}

async function post(path: string, body: unknown, sent: Sent = {}) {
  const { headers = await proven(), ...rest } = sent
  return await ask(path, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body), ...rest })
}

/** What is sent to each route of the description, by `method path`. */
const SENT: Readonly<Record<string, { readonly path?: string; readonly body?: unknown }>> = {
  'get /status': {},
  'get /challenge': {},
  'get /runs': { path: '/runs?of=dump' },
  'get /hosts': { path: '/hosts?of=db*' },
  'get /runs/{id}/output': { path: `/runs/${RUN_ID}/output` },
  'get /events': {},
  'post /kills': { body: { runs: [RUN_ID] } },
  'post /firings': { body: { job: 'dump', isForced: true } },
  'get /firings/{id}': { path: `/firings/${FIRING_ID}?waitMs=10` },
  'get /pauses': {},
  'post /pauses': { body: { of: ['dump'], reason: 'its disk is full' } },
  'post /resumptions': { body: { of: ['dump'] } },
  'post /resolutions': { body: { run: RUN_ID, as: 'failed', reason: 'its host burnt' } },
  'post /reload': { body: {} },
  'post /definitions/reread': { body: {} },
}

type Described = {
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >
}
const { said: description } = await ask('/api/v1/openapi.json')
const routes = Object.entries(description.paths as Record<string, Record<string, Described>>).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ name: `${method} ${path}`, method, path, described })),
)

test('the description names every route, and no other', () => {
  deepEqual(routes.map(({ name }) => name).sort(), Object.keys(SENT).sort())
  equal(description.openapi, '3.1.0')
})

for (const { name, method, path, described } of routes) {
  test(`${name} answers what its description says`, async () => {
    const { path: asked = path, body } = SENT[name] ?? {}
    const [[type = '', { schema } = { schema: {} }] = []] = Object.entries(described.responses['200']?.content ?? {})
    const described200 = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema)
    ok(described.responses['default'])
    if (type === 'text/event-stream') {
      for (const { event, data } of await firstOf(`/api/v1${asked}`)) {
        deepEqual(described200.parse(data), data)
        equal(event, (data as { readonly kind: string }).kind)
      }
      return
    }
    const { status, said } = await (method === 'get' ? ask(`/api/v1${asked}`) : post(`/api/v1${asked}`, body))
    equal(status, 200, JSON.stringify(said))
    deepEqual(described200.parse(said), said)
  })
}

test('the sockets are for owner and group', () => {
  for (const path of [CONTROL, VIEW]) equal(statSync(path).mode & 0o777, 0o660)
})

test('who looks may look, and change nothing', async () => {
  const before = told.length
  equal((await ask('/api/v1/status', { socketPath: VIEW })).status, 200)
  for (const name of Object.keys(SENT).filter((it) => it.startsWith('post'))) {
    const { status, said } = await post(`/api/v1${name.slice(5)}`, SENT[name]?.body, { socketPath: VIEW })
    deepEqual([status, said.error.code], [403, 'READ_ONLY'])
  }
  equal(told.length, before)
})

const REFUSED: readonly (readonly [string, () => ReturnType<typeof ask>, number, string])[] = [
  ['a foreign Host header', () => ask('/api/v1/status', { headers: { host: 'evil.example' } }), 421, 'WRONG_HOST'],
  ['a route that is not there', () => ask('/api/v1/nothing'), 404, 'NOT_FOUND'],
  ['a job that is not there', () => ask('/api/v1/runs?of=none'), 404, 'NOT_FOUND'],
  [
    'a body that is no JSON',
    () => ask('/api/v1/kills', { method: 'POST', headers: JSON_TYPE, body: '{' }),
    400,
    'INVALID',
  ],
  ['a body of another type', () => ask('/api/v1/kills', { method: 'POST', body: '{}' }), 400, 'INVALID'],
  ['an id that is none', () => post('/api/v1/kills', { runs: ['../../etc'] }), 400, 'INVALID'],
  ['an endless wait', () => ask(`/api/v1/firings/${FIRING_ID}?waitMs=1e9`), 400, 'INVALID'],
  ['a body over 1 MiB', () => post('/api/v1/firings', { job: 'x'.repeat(1024 * 1024) }), 413, 'TOO_LARGE'],
]
for (const [what, asking, status, code] of REFUSED) {
  test(`${what} is refused`, async () => {
    const before = told.length
    const answer = await asking()
    deepEqual([answer.status, answer.said.error.code], [status, code])
    equal(told.length, before)
  })
}

test('100 MB of body without a length are cut off at the limit', async () => {
  const asked = request({
    socketPath: CONTROL,
    method: 'POST',
    path: '/api/v1/kills',
    headers: { host: 'localhost', ...JSON_TYPE },
  })
  asked.on('error', () => {})
  const part = Buffer.alloc(1024 * 1024, 'x')
  let sent = 0
  const send = (): void => {
    while (sent < 100 && !asked.destroyed) {
      sent += 1
      if (!asked.write(part)) {
        asked.once('drain', send)
        return
      }
    }
    if (!asked.destroyed) asked.end()
  }
  send()
  const over = await Promise.race([
    once(asked, 'response').then(([response]) => (response as IncomingMessage).statusCode),
    once(asked, 'close').then(() => 413),
  ])
  asked.destroy()
  equal(over, 413)
  ok(sent < 100, `${sent} MB were taken`)
})

test('who sends nothing, or slowly, is cut off', async () => {
  const socket = connect(CONTROL)
  socket.on('error', () => {})
  socket.write('GET /api/v1/status HTTP/1.1\r\n')
  await once(socket, 'close')
  equal((await ask('/api/v1/status')).status, 200)
})

test('of 10,000 questions at once each is answered or refused, and nothing else waits for them', async () => {
  const child = join(import.meta.dirname, 'flood-child.ts')
  const stall = new LoopStall()
  stall.take()
  const flood = spawn(process.execPath, [child, CONTROL, '/api/v1/runs', '10000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const counts = JSON.parse(await text(flood.stdout)) as Readonly<Record<string, number>>
  const longest = stall.take()
  stall.stop()
  const refused = ['503', 'EAGAIN', 'ECONNRESET', 'EPIPE', 'ECONNREFUSED']
  deepEqual(
    Object.keys(counts).filter((code) => code !== '200' && !refused.includes(code)),
    [],
    JSON.stringify(counts),
  )
  ok((counts['200'] ?? 0) > 0, JSON.stringify(counts))
  ok(longest < 1_000, `the loop stood still for ${longest} ms`)
  await until('it answers as before', async () => (await ask('/api/v1/status').catch(() => null))?.status === 200)
})

const FORGED: readonly (readonly [string, () => Promise<Readonly<Record<string, string>>>, RegExp])[] = [
  ['nothing', async () => ({}), /expected the header rcron-proof/],
  ['a challenge that nobody gave out', async () => ({ 'rcron-proof': '0'.repeat(32) }), /unknown, used or too old/],
  ['a path for a challenge', async () => ({ 'rcron-proof': '../../../etc/passwd' }), /unknown, used or too old/],
  ['a challenge that was not met', () => proven(() => {}), /who asks has not made/],
  ['a link', () => proven((path) => symlinkSync('/etc/passwd', path)), /is no empty file/],
  ['a directory', () => proven((path) => mkdirSync(path)), /is no empty file/],
  ['a file that is not empty', () => proven((path) => writeFileSync(path, 'x')), /is no empty file/],
  [
    'a file with another name',
    () =>
      proven((path) => {
        writeFileSync(join(directory, 'named'), '')
        linkSync(join(directory, 'named'), path)
      }),
    /is no empty file/,
  ],
]
for (const [what, headers, message] of FORGED) {
  test(`${what} is no proof of who asks, and nothing is done`, async () => {
    const before = told.length
    const { status, said } = await post('/api/v1/kills', { runs: [RUN_ID] }, { headers: await headers() })
    deepEqual([status, said.error.code, told.length], [403, 'NOT_PROVEN', before])
    match(said.error.message, message)
  })
}

test('a proof is used once, and nothing is left of it', async () => {
  const before = readdirSync(join(directory, 'asked')).length
  const headers = await proven()
  equal((await post('/api/v1/reload', {}, { headers })).status, 200)
  equal((await post('/api/v1/reload', {}, { headers })).said.error.code, 'NOT_PROVEN')
  equal(existsSync(join(directory, 'asked', headers['rcron-proof'])), false)
  equal(readdirSync(join(directory, 'asked')).length, before)
  equal(statSync(join(directory, 'asked')).mode & 0o7777, 0o1730)
})

test('root is noted with whom it acts for', async () => {
  await post('/api/v1/reload', {}, { headers: { ...(await proven()), 'rcron-sudo-user': 'anna' } })
  deepEqual(lastActor(), `${userInfo().username} for anna`)
})

test('another user is known by what that user made, and may not ask in the name of another', async (t) => {
  if (process.getuid?.() !== 0) {
    t.skip('only root can make the file of another user')
    return
  }
  const asDaemon = () => proven((path) => chownMade(path, 1))
  await post('/api/v1/reload', {}, { headers: await asDaemon() })
  deepEqual(lastActor(), 'daemon')
  const { said } = await post('/api/v1/reload', {}, { headers: { ...(await asDaemon()), 'rcron-sudo-user': 'root' } })
  deepEqual([said.error.code, said.error.message], ['NOT_PROVEN', 'user id 1 may not ask in the name of another'])
})

function lastActor(): unknown {
  return log.entries.findLast(({ message }) => message === 'command received')?.fields['by']
}

function chownMade(path: string, uid: number): void {
  writeFileSync(path, '')
  chownSync(path, uid, uid)
}

test('who had what done, and what came of it, is told to the audit; a look is not', async () => {
  deeds.length = 0
  await post('/api/v1/kills', { runs: [RUN_ID] })
  await post('/api/v1/firings', { job: 'dump', host: 'db1' })
  await post('/api/v1/definitions/reread', {})
  await ask('/api/v1/status')
  deepEqual(
    deeds.map(({ actor, action, subject, was }) => [actor, action, subject, was]),
    [
      [userInfo().username, 'kill', `run ${RUN_ID}`, null],
      [userInfo().username, 'run', 'job dump on db1', null],
    ],
  )
  match(String(deeds[0]?.became), /"isConfirmed":true/)
})

test('a bug is logged, and answered without what it says', async () => {
  failure = new TypeError('secret of the inside')
  const { status, said } = await ask('/api/v1/runs')
  failure = null
  deepEqual([status, said.error.code], [500, 'BUG'])
  ok(!JSON.stringify(said).includes('secret'))
  match(JSON.stringify(log.entries.map(({ message }) => message)), /bug in rcron while answering a command/)
})

test('what changes something is logged', async () => {
  await post('/api/v1/firings', { job: 'dump' })
  const { fields } = log.entries.findLast(({ message }) => message === 'command received') ?? { fields: null }
  deepEqual(fields, { asked: '/firings', by: userInfo().username, job: 'dump', isForced: false })
})

test('both sockets tell what happens, from where the reader left off', async () => {
  for (const socketPath of [CONTROL, VIEW]) {
    deepEqual(
      (await firstOf('/api/v1/events', {}, socketPath)).map(({ id }) => id),
      ['x-1'],
    )
    deepEqual(
      (await firstOf('/api/v1/events', { 'last-event-id': 'x-1' }, socketPath)).map(({ id }) => id),
      ['x-2'],
    )
  }
})

test('who has left is told nothing more', async () => {
  const before = left.length
  await firstOf('/api/v1/events')
  await until('it has left', () => left.length > before)
})

test('those who read on take no place of those who ask', async () => {
  const readers = Array.from({ length: 80 }, () =>
    request({ socketPath: VIEW, path: '/api/v1/events', headers: { host: 'localhost' } })
      .on('error', () => {})
      .end(),
  )
  for (const reader of readers) equal(((await once(reader, 'response')) as [IncomingMessage])[0].statusCode, 200)
  equal((await ask('/api/v1/status', { socketPath: VIEW })).status, 200)
  for (const reader of readers) reader.destroy()
})

test('a run that is not there is refused before a stream begins', async () => {
  const { status, said } = await ask(`/api/v1/runs/${'f'.repeat(32)}/output`)
  deepEqual([status, said.error.code], [404, 'NOT_FOUND'])
})
