import { connect, type Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { FeedMessage } from '../feed.ts'
import { type Answer, answerIn, requestOf, TooSlow } from './exchange.ts'

/** What a daemon tells as it happens, until it ends it or goes away. Whoever stops reading hangs up. */
export type Feed<Message extends FeedMessage> = AsyncIterable<Message>

/** A daemon that is there says so more often than that, and answers sooner. Milliseconds. */
const SILENT_MS = 30_000

const DATA = 'data: '

/** Nothing that is told is longer. */
const MOST_CHARACTERS = 16 * 1024 * 1024

/**
 * Asks the daemon at `socketPath` for the feed at `path`; an answer where it has none for who asks. `signal` ends the reading. Rejects as
 * `exchange` does.
 */
export async function openFeed<Message extends FeedMessage>(
  socketPath: string,
  path: string,
  signal: AbortSignal,
): Promise<Feed<Message> | Answer> {
  const socket = connect(socketPath)
  signal.addEventListener('abort', () => socket.destroy(), { once: true })
  try {
    socket.setTimeout(SILENT_MS, () => socket.destroy(new TooSlow('no answer in time')))
    socket.write(requestOf({ method: 'GET', path, limitMs: null }))
    const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const said = await untilHead(chunks)
    if (isFeed(said.head)) {
      return messagesOf<Message>(socket, chunks, said.rest)
    }
    return answerIn(await untilEnd(chunks, Buffer.concat([Buffer.from(`${said.head}\r\n\r\n`), said.rest])))
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function untilHead(chunks: AsyncIterator<Buffer>) {
  let said = Buffer.alloc(0)
  for (;;) {
    const end = said.indexOf('\r\n\r\n')
    if (end >= 0) return { head: said.toString('latin1', 0, end), rest: said.subarray(end + 4) }
    const { done, value } = await chunks.next()
    if (done === true) throw Object.assign(new Error('it went away'), { code: 'ECONNRESET' })
    said = Buffer.concat([said, value])
  }
}

async function untilEnd(chunks: AsyncIterator<Buffer>, first: Buffer): Promise<Buffer> {
  const parts = [first]
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) parts.push(next.value)
  return Buffer.concat(parts)
}

/** A daemon that goes away ends it as one that has said all: what was told last says which. */
async function* messagesOf<Message>(
  socket: Socket,
  chunks: AsyncIterator<Buffer>,
  first: Buffer,
): AsyncGenerator<Message> {
  const decoder = new StringDecoder()
  let text = decoder.write(first)
  try {
    for (;;) {
      const messages = text.split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) yield* parsed<Message>(message)
      if (text.length > MOST_CHARACTERS) throw new SyntaxError('it says one thing without end')
      const { done, value } = await chunks.next().catch(() => ({ done: true, value: undefined }) as const)
      if (done === true) return
      text += decoder.write(value)
    }
  } finally {
    socket.destroy()
  }
}

function* parsed<Message>(message: string): Generator<Message> {
  // Not by a pattern over lines: text may hold what else ends one.
  const line = message.split('\n').find((each) => each.startsWith(DATA))
  if (line !== undefined) yield JSON.parse(line.slice(DATA.length)) as Message
}

function isFeed(head: string): boolean {
  return /^HTTP\/1\.1 200 /.test(head) && /^content-type: text\/event-stream/im.test(head)
}
