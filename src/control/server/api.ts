import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import * as z from 'zod'
import { BUG } from '../../domain/bug.ts'
import type { Log } from '../../platform/log/log.ts'
import { installedVersion } from '../../platform/version.ts'
import type { Controlled } from '../controlled.ts'
import { ControlFault, FAULTS } from '../faults.ts'
import { describeApi } from './describe-api.ts'
import { type Asked, ENDPOINTS, type Endpoint } from './endpoints.ts'
import { readJson } from './read-question.ts'

/** Who answers, and for whom. */
export type ApiParts = {
  readonly controlled: Controlled
  /** Whether those who ask here may change something. */
  readonly mayAct: boolean
  readonly log: Log
}

const ROOT = '/api/v1'
const DESCRIPTION = `${ROOT}/openapi.json`

/** Clients on a socket have no other name for the host; a browser that was led here would. */
const HOST = 'localhost'

const ROUTES = ENDPOINTS.map((endpoint) => ({
  endpoint,
  pattern: new RegExp(`^${ROOT}${endpoint.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}))

/**
 * Answers questions as they come by HTTP. Without a framework: those that there are build on Request and Response, behind which Node loads a
 * client for HTTP that an idle daemon would keep in memory, 8 MB of it.
 */
export function createApi(parts: ApiParts): RequestListener {
  return (request, response) => {
    carryOut(request, parts).then(
      (answer) => send(response, 200, answer),
      (error: unknown) => {
        const fault = faultOf(error, request, parts.log)
        send(response, FAULTS[fault.code].http, fault.answer)
      },
    )
  }
}

async function carryOut(request: IncomingMessage, { controlled, mayAct, log }: ApiParts): Promise<unknown> {
  if (request.headers.host !== HOST) throw new ControlFault('WRONG_HOST', `expected the header Host: ${HOST}`)
  const url = URL.parse(request.url ?? '', `http://${HOST}`)
  if (url?.pathname === DESCRIPTION && request.method === 'GET') return describeApi(installedVersion(), ROOT)
  const { endpoint, params } = routeOf(request.method ?? '', url?.pathname ?? '')
  const isAct = endpoint.method === 'post'
  if (isAct && !mayAct) throw new ControlFault('READ_ONLY', 'who asks here may only look', 'control.sock is to act on.')
  const body = isAct ? await readJson(request) : {}
  const asked = judge(endpoint, { params, query: Object.fromEntries(url?.searchParams ?? []), body })
  if (isAct) log.info({ asked: endpoint.path, ...(asked.body as object) }, 'command received')
  return await endpoint.carryOut(asked, controlled)
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
