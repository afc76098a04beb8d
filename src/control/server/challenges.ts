import { randomBytes } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { keepNewest } from '../../platform/bounded-map.ts'
import { userNameOf } from '../../platform/files/path-trust.ts'
import { ControlFault } from '../faults.ts'
import type { Challenge } from '../schemas.ts'

/** Who asks, proven. `sudoUser`: for whom, as root or the daemon's own account says. */
export type Actor = { readonly uid: number; readonly name: string; readonly sudoUser: string | null }

/** How long a challenge can be met, and how far the time of a file may lie before what the clock says. Milliseconds. */
const VALID_MS = 30_000
const CLOCK_STEP_MS = 1_000

const MOST_OPEN = 1_024

/** Those who may steer make files, and see none of others. */
const MODE = 0o1730

/**
 * Proves who asks: Node does not tell who has connected. Whoever asks makes an empty file of a name that nobody can guess, in a directory that
 * nobody can list; its owner is who asks. A link, a file of another time and a name that was used once are no proof.
 */
export class Challenges {
  readonly #directory: string
  /** When each was given out. */
  readonly #open = new Map<string, number>()

  /** Makes the directory, or empties it of what was left there. Throws the error of the file system. */
  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (!lstatSync(directory).isDirectory()) throw new Error(`${directory} is no directory`)
    for (const name of readdirSync(directory)) removeQuietly(join(directory, name))
    chmodSync(directory, MODE)
  }

  issue(): Challenge {
    const challenge = randomBytes(16).toString('hex')
    keepNewest(this.#open, challenge, Date.now(), MOST_OPEN)
    return { challenge, path: join(this.#directory, challenge) }
  }

  /** Who has met `challenge`, which is used with that. Throws a ControlFault if nobody has. */
  redeem(challenge: string, sudoUser: string | null): Actor {
    const uid = this.#ownerOf(challenge)
    if (sudoUser !== null && uid !== 0 && uid !== process.getuid?.()) {
      throw new ControlFault('NOT_PROVEN', `user id ${uid} may not ask in the name of another`)
    }
    return { uid, name: userNameOf(uid) ?? `user id ${uid}`, sudoUser }
  }

  #ownerOf(challenge: string): number {
    const issuedAt = this.#open.get(challenge)
    this.#open.delete(challenge)
    if (issuedAt === undefined || Date.now() - issuedAt > VALID_MS) {
      throw new ControlFault(
        'NOT_PROVEN',
        'the proof of who asks is unknown, used or too old',
        'Ask for a new challenge.',
      )
    }
    const path = join(this.#directory, challenge)
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found === undefined) throw new ControlFault('NOT_PROVEN', `who asks has not made ${path}`)
    removeQuietly(path)
    const isFresh = found.ctimeMs >= issuedAt - CLOCK_STEP_MS && isBornSince(found.birthtimeMs, issuedAt)
    if (!found.isFile() || found.nlink !== 1 || found.size !== 0 || !isFresh) {
      throw new ControlFault('NOT_PROVEN', `${path} is no empty file that was made for this`)
    }
    return found.uid
  }
}

/** What is no file stays: its name is used, and leads to nothing. */
function removeQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already, or a directory.
  }
}

/** A file system may not know. */
function isBornSince(birthtimeMs: number, issuedAt: number): boolean {
  return birthtimeMs === 0 || birthtimeMs >= issuedAt - CLOCK_STEP_MS
}
