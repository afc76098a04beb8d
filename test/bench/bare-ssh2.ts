import { connect } from 'node:net'
import { Client, type ClientChannel } from 'ssh2'
import type { LabHost } from '../support/plain-lab.ts'
import { inParallel } from './measure.ts'

/** A connection of ssh2 without anything of ours, but for the socket options that make the most difference. */
export async function bareConnection(host: LabHost, user: string): Promise<Client> {
  const sock = connect({ port: host.port, host: '127.0.0.1', noDelay: true })
  const client = new Client()
  const ready = Promise.withResolvers<void>()
  client.once('ready', ready.resolve).once('error', ready.reject)
  const secret = host.secret.startsWith('-----BEGIN') ? { privateKey: host.secret } : { password: host.secret }
  client.connect({ sock, username: user, ...secret })
  await ready.promise
  return client
}

/** Runs `command` and reads its output; resolves with its exit status. */
export function bareExec(client: Client, command: string, onData: (chunk: Buffer) => void = () => {}): Promise<number> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error: Error | undefined, channel: ClientChannel) => {
      if (error !== undefined) return reject(error)
      channel.on('data', onData)
      channel.stderr.resume()
      channel.on('close', (code: number) => resolve(code))
      channel.end()
    })
  })
}

/** The loop to be compared with: `count` commands over warm connections, so many at once on each. */
export async function bareLoop(clients: readonly Client[], count: number, perConnection: number): Promise<void> {
  const share = Math.ceil(count / clients.length)
  await Promise.all(clients.map((client) => inParallel(share, perConnection, () => bareExec(client, 'true'))))
}
