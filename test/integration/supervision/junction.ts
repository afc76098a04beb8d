import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Where connections part, so that what befalls one of them does not befall the others; `await using` cuts them all. */
export interface Junction extends AsyncDisposable {
  readonly port: number
}

/** Leads the first connection to the port `first` of 127.0.0.1, and every later one to the port `later`. */
export async function startJunction(first: number, later: number): Promise<Junction> {
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = createServer({ noDelay: true }, (client) => {
    accepted += 1
    const onward = connect({ host: '127.0.0.1', port: accepted === 1 ? first : later, noDelay: true })
    for (const [from, to] of [
      [client, onward],
      [onward, client],
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on('error', () => {
        // 'close' follows.
      })
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
