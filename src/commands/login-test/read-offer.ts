import { connect } from 'node:net'
import { parseServerOffer } from '../../hosts/ssh/server-offer.ts'
import type { Clock } from '../../platform/clock.ts'
import { within } from '../../platform/waiting/within.ts'

const DEADLINE_MS = 5_000

/** The algorithms of the host keys that a server has; null if it does not tell. No login is tried. Never rejects. */
export async function readOffer(
  place: { readonly host: string; readonly port: number },
  clock: Clock,
): Promise<readonly string[] | null> {
  const { promise, resolve } = Promise.withResolvers<readonly string[] | null>()
  const socket = connect(place)
  let heard: Buffer = Buffer.alloc(0)
  socket.on('connect', () => socket.write('SSH-2.0-rcron_test\r\n'))
  socket.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk])
    const offer = parseServerOffer(heard)
    if (offer !== 'more') resolve(offer === 'unreadable' ? null : offer.hostKeys)
  })
  socket.on('error', () => resolve(null))
  socket.on('close', () => resolve(null))
  const offer = await within(clock, DEADLINE_MS, promise)
  socket.destroy()
  return offer
}
