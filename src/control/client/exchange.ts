import { connect } from 'node:net'

/** What is asked of a daemon. */
export type Question = {
  readonly method: 'GET' | 'POST'
  /** With what is asked for behind `?`. */
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds until its answer must have come; null: as long as it takes. */
  readonly limitMs: number | null
}

/** What a daemon answered, by its HTTP status. */
export type Answer = { readonly status: number; readonly body: unknown }

/** A daemon did not answer in time. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow'
}

const API = '/api/v1'

/** Nothing that rcron says is longer. */
const MOST_BYTES = 64 * 1024 * 1024

/**
 * Asks the daemon at `socketPath`. Rejects with the system's error where there is none, or it goes away, with a TooSlow, and with a SyntaxError
 * where what it says is not understood. Its own few lines of HTTP, since Node's client costs a look half as much as all the rest of it.
 */
export async function exchange(socketPath: string, question: Question): Promise<Answer> {
  const socket = connect(socketPath)
  try {
    if (question.limitMs !== null) {
      socket.setTimeout(question.limitMs, () => socket.destroy(new TooSlow('no answer in time')))
    }
    socket.write(requestOf(question))
    const parts: Buffer[] = []
    let bytes = 0
    for await (const part of socket as AsyncIterable<Buffer>) {
      bytes += part.length
      if (bytes > MOST_BYTES) throw new SyntaxError('it answers without end')
      parts.push(part)
    }
    return answerIn(Buffer.concat(parts))
  } finally {
    socket.destroy()
  }
}

/** A question as it is sent. */
export function requestOf({ method, path, body, headers = {} }: Question): string {
  const sent = body === undefined ? '' : JSON.stringify(body)
  return [
    `${method} ${API}${path} HTTP/1.1`,
    'Host: localhost',
    'Connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(sent)}`]),
    '',
    sent,
  ].join('\r\n')
}

/** The answer that was said. Throws a SyntaxError where it is none, and an error ECONNRESET where it is not complete. */
export function answerIn(said: Buffer): Answer {
  const end = said.indexOf('\r\n\r\n')
  const head = said.toString('latin1', 0, Math.max(0, end))
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
  const length = Number(/^content-length: *(\d+)$/im.exec(head)?.[1])
  if (said.length === 0) throw Object.assign(new Error('it went away'), { code: 'ECONNRESET' })
  if (end < 0 || Number.isNaN(status) || Number.isNaN(length)) throw new SyntaxError('it answers in another way')
  const body = said.subarray(end + 4)
  if (body.length < length) throw Object.assign(new Error('it went away'), { code: 'ECONNRESET' })
  return { status, body: JSON.parse(body.toString('utf8')) }
}
