import { once } from 'node:events'
import { chmodSync, chownSync, lstatSync, unlinkSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { codeOf } from '../../platform/error-code.ts'

/** Why nothing listens there. */
export class SocketTaken extends Error {
  override readonly name = 'SocketTaken'
}

/** What the file of a socket says of who may connect. `group`: an id; null for that of the process. */
export type SocketAccess = { readonly mode: number; readonly group: number | null }

/**
 * Makes `server` listen at `path`, where it may replace a socket that nobody answers at. Rejects with a SocketTaken where somebody answers or
 * something else stands there, and with the system's error where nothing can be made.
 */
export async function listenOn(server: Server, path: string, { mode, group }: SocketAccess): Promise<void> {
  removeStale(path, await whoAnswers(path))
  // Nobody else may connect before the mode is set.
  const before = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(before)
  }
  await once(server, 'listening')
  if (group !== null) chownSync(path, -1, group)
  chmodSync(path, mode)
}

type Answerer = 'nobody' | 'somebody' | 'absent'

function removeStale(path: string, answerer: Answerer): void {
  if (answerer === 'absent') return
  if (answerer === 'somebody') throw new SocketTaken(`another process answers at ${path}`)
  if (!lstatSync(path).isSocket()) throw new SocketTaken(`${path} is no socket`)
  unlinkSync(path)
}

async function whoAnswers(path: string): Promise<Answerer> {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return 'absent'
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return 'somebody'
  } catch (error) {
    // One that takes no more connections now, or that this process may not use, is somebody's.
    return codeOf(error) === 'ECONNREFUSED' ? 'nobody' : 'somebody'
  } finally {
    socket.destroy()
  }
}
