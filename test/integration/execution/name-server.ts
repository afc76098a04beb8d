import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** A name server of one's own; `using` closes it. */
export interface NameServer extends Disposable {
  /** `127.0.0.1:port` */
  readonly address: string
  /** It falls silent. Safe to call twice. */
  close(): void
}

const DENIALS = { silence: 0, 'no such name': 0x83, failure: 0x82 } as const

/** Answers 127.0.0.1 for `known`, and nothing, that there is no such name, or that it failed, for the rest. */
export async function startNameServer(
  known: readonly string[],
  others: 'silence' | 'no such name' | 'failure' = 'silence',
): Promise<NameServer> {
  const server = createSocket('udp4')
  server.on('message', (query, from) => {
    const { name, end, type } = questionOf(query)
    const isKnown = known.includes(name.toLowerCase())
    if (!isKnown && others === 'silence') return
    const answers = isKnown && type === 1 ? 1 : 0
    const header = Buffer.from([
      query[0] ?? 0,
      query[1] ?? 0,
      0x81,
      isKnown ? 0x80 : DENIALS[others],
      0,
      1,
      0,
      answers,
      0,
      0,
      0,
      0,
    ])
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1])
    server.send(
      Buffer.concat([header, query.subarray(12, end), ...(answers === 1 ? [record] : [])]),
      from.port,
      from.address,
    )
  })
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  let isOpen = true
  const close = () => {
    if (isOpen) server.close()
    isOpen = false
  }
  return { address: `127.0.0.1:${server.address().port}`, close, [Symbol.dispose]: close }
}

function questionOf(query: Buffer): { readonly name: string; readonly end: number; readonly type: number } {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), end: at + 5, type: query.readUInt16BE(at + 1) }
}
