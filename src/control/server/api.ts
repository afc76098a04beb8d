import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { BUG } from '../../domain/bug.ts'
import { describeActor } from '../../domain/history/audit-row.ts'
import type { Log } from '../../platform/log/log.ts'
import { installedVersion } from '../../platform/version.ts'
import type { Deed } from '../act/audit-trail.ts'
import type { Controlled } from '../controlled.ts'
import { ControlFault, FAULTS } from '../faults.ts'
import { PROOF_HEADER, SUDO_HEADER } from '../proof-names.ts'
import type { Challenge } from '../schemas.ts'
import { type Actor, Challenges } from './challenges.ts'
import { describeApi } from './describe-api.ts'
import { type Asked, type Asker, ENDPOINTS, type Endpoint } from './endpoints.ts'
import { EventStream } from './event-stream.ts'
import { readJson } from './read-question.ts'

/** Who answers, and for whom. */
export type ApiParts = {
  readonly controlled: Controlled
  /** Whether those who ask here may change something. */
  readonly mayAct: boolean
  readonly log: Log
  /** Where who asks proves who that is. */
  readonly proofs: string
  /** Is told who had what done. */
  readonly audit: (deed: Deed) => void
}

const ROOT = '/api/v1'
const DESCRIPTION = `${ROOT}/openapi.json`

/** Characters of an answer that are kept. */
const MOST_NOTED = 8_000

/** Letters of the name of a user. */
const MOST_NAME = 64

/** Clients on a socket have no other name for the host; a browser that was led here would. */
const HOST = 'localhost'

const ROUTES = ENDPOINTS.map((endpoint) => ({
  endpoint,
  pattern: new RegExp(`^${ROOT}${endpoint.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}))

/** Answers one question; `asFeed` counts it among what goes on for long, or throws where there is too much of that. */
export type Answerer = (request: IncomingMessage, response: ServerResponse, asFeed: () => void) => void

/**
 * Answers questions as they come by HTTP. Without a framework: those that there are build on Request and Response, behind which Node loads a
 * client for HTTP that an idle daemon would keep in memory, 8 MB of it.
 */
export function createApi(parts: ApiParts): Answerer {
  const answering = { ...parts, challenges: parts.mayAct ? new Challenges(parts.proofs) : null }
  return (request, response, asFeed) => {
    let stream: EventStream | null = null
    const reader = () => {
      asFeed()
      stream = new EventStream(response)
      return stream
    }
    carryOut(request, answering, reader).then(
      (answer) => {
        if (stream === null) send(response, 200, answer)
        else readOn(response, stream, answer as Disposable)
      },
      (error: unknown) => {
        const fault = faultOf(error, request, parts.log)
        if (response.headersSent) response.destroy()
        else send(response, FAULTS[fault.code].http, fault.answer)
      },
    )
  }
}

/** A reader that has gone is told nothing more. */
function readOn(response: ServerResponse, stream: EventStream, following: Disposable): void {
  const leave = () => following[Symbol.dispose]()
  stream.begin()
  if (response.closed) leave()
  else response.once('close', leave)
}

type Answering = Omit<ApiParts, 'proofs' | 'mayAct'> & { readonly challenges: Challenges | null }

async function carryOut(
  request: IncomingMessage,
  { controlled, challenges, log, audit }: Answering,
  reader: Asker['reader'],
): Promise<unknown> {
  if (request.headers.host !== HOST) throw new ControlFault('WRONG_HOST', `expected the header Host: ${HOST}`)
  const url = URL.parse(request.url ?? '', `http://${HOST}`)
  if (url?.pathname === DESCRIPTION && request.method === 'GET') return describeApi(installedVersion(), ROOT)
  const { endpoint, params } = routeOf(request.method ?? '', url?.pathname ?? '')
  const isAct = endpoint.method === 'post'
  if (isAct && challenges === null) throw READ_ONLY
  const body = isAct ? await readJson(request) : {}
  const asked = judge(endpoint, { params, query: Object.fromEntries(url?.searchParams ?? []), body })
  const lastEventId = request.headers['last-event-id']?.toString() ?? null
  const looking: Asker = { by: '', issue: () => issuedBy(challenges), lastEventId, reader }
  if (!isAct) return await endpoint.carryOut(asked, controlled, looking)
  const { name, sudoUser } = actorOf(request, challenges)
  const by = describeActor(name, sudoUser)
  log.info({ asked: endpoint.path, by, ...(asked.body as object) }, 'command received')
  return await noted(endpoint, { body: asked.body, actor: by, audit }, () =>
    endpoint.carryOut(asked, controlled, { ...looking, by }),
  )
}

type Noting = Pick<ApiParts, 'audit'> & { readonly body: unknown; readonly actor: string }

/** Tells the audit what came of it, a refusal too. */
async function noted({ deed }: Endpoint, { body, actor, audit }: Noting, act: () => unknown): Promise<unknown> {
  const note = (became: unknown) => {
    if (deed === null) return
    const text = JSON.stringify(became).slice(0, MOST_NOTED)
    audit({ actor, action: deed.action, subject: deed.subject(body), was: null, became: text })
  }
  try {
    const answer = await act()
    note(answer)
    return answer
  } catch (error) {
    note({ refused: String(error) })
    throw error
  }
}

const READ_ONLY = new ControlFault('READ_ONLY', 'who asks here may only look', 'control.sock is to act on.')

function issuedBy(challenges: Challenges | null): Challenge {
  if (challenges === null) throw READ_ONLY
  return challenges.issue()
}

function actorOf({ headers }: IncomingMessage, challenges: Challenges | null): Actor {
  const [proof, sudoUser = null] = [headers[PROOF_HEADER], headers[SUDO_HEADER]]
  if (challenges === null) throw READ_ONLY
  if (typeof proof !== 'string') {
    throw new ControlFault('NOT_PROVEN', `expected the header ${PROOF_HEADER}`, 'GET /api/v1/challenge says what for.')
  }
  return challenges.redeem(proof, sudoUser === null ? null : String(sudoUser).slice(0, MOST_NAME))
}

type Route = { readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> }

function routeOf(method: string, path: string): Route {
  for (const { endpoint, pattern } of ROUTES) {
    const found = endpoint.method.toUpperCase() === method ? pattern.exec(path) : null
    if (found !== null) return { endpoint, params: { ...found.groups } }
  }
  throw new ControlFault('NOT_FOUND', 'there is no such question', `GET ${DESCRIPTION} lists those that there are.`)
}

function judge({ asked }: Endpoint, found: Asked): Asked {
  const judged = z.object(asked).safeParse(found)
  if (!judged.success) throw new ControlFault('INVALID', z.prettifyError(judged.error))
  return judged.data
}

function faultOf(error: unknown, { url }: IncomingMessage, log: Log): ControlFault {
  if (error instanceof ControlFault) return error
  log.error({ path: url, err: error }, `${BUG} while answering a command`)
  return new ControlFault('BUG', BUG, 'The log of the daemon has its place.')
}

/** Who asks may have gone. */
function send(response: ServerResponse, status: number, answer: unknown): void {
  const body = Buffer.from(JSON.stringify(answer))
  const headers = { 'content-type': 'application/json', 'content-length': body.length, 'cache-control': 'no-store' }
  response.writeHead(status, status === FAULTS.TOO_LARGE.http ? { ...headers, connection: 'close' } : headers)
  response.end(body)
}
