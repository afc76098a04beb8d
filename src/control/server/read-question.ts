import type { IncomingMessage } from 'node:http'
import { ControlFault } from '../faults.ts'

const MOST_BODY_BYTES = 1024 * 1024

/** What was sent along, as JSON. Rejects with a ControlFault where it is none, or too long. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type']?.split(';')[0]?.trim()
  if (type !== 'application/json') {
    throw new ControlFault('INVALID', 'expected the header Content-Type: application/json')
  }
  const text = await readText(request)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ControlFault('INVALID', `expected JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Reads on behind what is too long only to let who sends it hear the answer. */
async function readText(request: IncomingMessage): Promise<string> {
  const said = Number(request.headers['content-length'] ?? 0)
  if (said > MOST_BODY_BYTES) throw tooLarge(request)
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MOST_BODY_BYTES) throw tooLarge(request)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function tooLarge(request: IncomingMessage): ControlFault {
  request.resume()
  return new ControlFault('TOO_LARGE', `more than ${MOST_BODY_BYTES} bytes were sent`)
}
