import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** What an odd server answers to a statement; null: as a server in order would, with no rows. */
export type Oddness = (statement: string) => Buffer | null

export type OddServer = { readonly port: number; readonly close: () => void }

/** Every capability but TLS. */
const CAPABILITIES = 0x00ffffff & ~0x0800
const SCRAMBLE = Buffer.from('abcdefghijklmnopqrst')
const COM_QUERY = 3

/** The answer to what gives no rows. */
export const DONE = packet(1, [0, 0, 0, 2, 0, 0, 0])

/** Rows of two columns, `x` and `y`; a row may be any bytes. */
export function rowsOf(...rows: readonly Buffer[]): Buffer {
  const end = [0xfe, 0, 0, 2, 0]
  const column = (name: string) =>
    Buffer.concat([
      ...['def', '', '', '', name, name].map(text),
      Buffer.from([0x0c, 45, 0, 255, 0, 0, 0, 253, 0, 0, 0, 0, 0]),
    ])
  const parts = [[2], column('x'), column('y'), end, ...rows, end]
  return Buffer.concat(parts.map((body, index) => packet(index + 1, body)))
}

/** A server that lets everybody in, and answers as `oddness` says. */
export async function startOddServer(oddness: Oddness): Promise<OddServer> {
  const server = createServer((socket) => serve(socket, oddness))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

function serve(socket: Socket, oddness: Oddness): void {
  let received = Buffer.alloc(0)
  let isIn = false
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= 4 && received.length >= 4 + received.readUIntLE(0, 3)) {
      const end = 4 + received.readUIntLE(0, 3)
      socket.write(
        isIn ? answer(received.subarray(4, end), oddness) : packet((received[3] ?? 0) + 1, [0, 0, 0, 2, 0, 0, 0]),
      )
      isIn = true
      received = received.subarray(end)
    }
  })
  socket.write(greeting())
}

function answer(command: Buffer, oddness: Oddness): Buffer {
  if (command[0] !== COM_QUERY) return DONE
  const statement = command.toString('utf8', 1)
  return oddness(statement) ?? (/^\s*(select|show)/i.test(statement) ? rowsOf() : DONE)
}

function greeting(): Buffer {
  const flags = Buffer.alloc(4)
  flags.writeUInt32LE(CAPABILITIES)
  const head = [Buffer.from('\n8.4.0\0\x01\0\0\0'), SCRAMBLE.subarray(0, 8), Buffer.alloc(1), flags.subarray(0, 2)]
  const tail = [Buffer.from([45, 2, 0]), flags.subarray(2), Buffer.from([21]), Buffer.alloc(10), SCRAMBLE.subarray(8)]
  return packet(0, Buffer.concat([...head, ...tail, Buffer.from('\0mysql_native_password\0')]))
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
}

function packet(sequence: number, body: Buffer | readonly number[]): Buffer {
  const header = Buffer.alloc(4)
  header.writeUIntLE(body.length, 0, 3)
  header[3] = sequence
  return Buffer.concat([header, Buffer.from(body)])
}
