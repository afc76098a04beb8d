import type { Socket } from 'node:net'

/** A login reads about 10 KB, and with the longest banner that OpenSSH's packets carry less than this. */
const MOST_BEFORE_LOGIN = 256 * 1024

/** After so many bytes in one turn of the event loop the others get theirs: a peer may fill 2 MB a turn with packets of 16 bytes. */
const MOST_IN_A_TURN = 64 * 1024

/** A connection from which an untrusted peer can send only so much. */
export type BoundedReading = {
  /** The peer is trusted with a login: what it sends in all is not counted any more, what it sends at once still is. */
  loggedIn(): void
}

/**
 * Keeps a peer from taking the event loop for itself by what it sends over `socket`. `onFlood` is called once, when it has sent more
 * than a login takes. To be called before others listen for data.
 */
export function readBounded(socket: Socket, onFlood: (bytes: number) => void): BoundedReading {
  let untilFlood = MOST_BEFORE_LOGIN
  let inTurn = 0
  const endTurn = () => {
    inTurn = 0
    if (socket.isPaused()) socket.resume()
  }
  socket.on('data', ({ length }: Buffer) => {
    if (inTurn === 0) setImmediate(endTurn)
    inTurn += length
    if (inTurn >= MOST_IN_A_TURN) socket.pause()
    if (untilFlood < 0) return
    untilFlood -= length
    if (untilFlood < 0) onFlood(MOST_BEFORE_LOGIN)
  })
  return {
    loggedIn: () => {
      untilFlood = Number.POSITIVE_INFINITY
    },
  }
}
