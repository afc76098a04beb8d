import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** What on the way to a path lets somebody else decide what the path leads to. */
export type Distrust = {
  /** The directory, link or file at fault. */
  readonly path: string
  readonly owner: number
  readonly mode: number
  /** `owner`: it belongs to a stranger. `open`: others may write it. */
  readonly why: 'owner' | 'open'
}

/** As the kernel: more links than that are a circle. */
const MOST_LINKS = 40
const STICKY = 0o1000

/**
 * Walks the way to `path`, links followed, and looks whether anyone but root and this user can change where it leads: null if nobody can.
 * Directories that all may write are passed where they are sticky, as /tmp is: what lies in them must belong to root or this user. What is
 * not there, or cannot be looked at, ends the walk: whoever uses the path finds out.
 */
export function distrustOf(path: string): Distrust | null {
  let step: Step | null = { at: '/', ahead: partsOf(resolve(path)), links: 0 }
  while (step !== null) {
    const next = join(step.at, step.ahead[0] ?? '.')
    const found = statOf(next)
    if (found === null) return null
    const distrust = next === '/' ? null : judge(next, found)
    if (distrust !== null) return distrust
    step = stepOn(step, next, found)
  }
  return null
}

/** The real directory that was reached, and the names that are still to be walked. */
type Step = { readonly at: string; readonly ahead: readonly string[]; readonly links: number }

/** Null at the end of the way. */
function stepOn({ at, ahead, links }: Step, next: string, found: Stats): Step | null {
  const rest = ahead.slice(1)
  if (!found.isSymbolicLink()) return rest.length === 0 ? null : { at: next, ahead: rest, links }
  if (links === MOST_LINKS) return null
  const target = readlinkSync(next)
  return { at: target.startsWith('/') ? '/' : at, ahead: [...partsOf(target), ...rest], links: links + 1 }
}

/** As `distrustOf`, for a directory whose files are this user's word: a sticky one that all may write will not do. */
export function distrustOfDirectory(path: string): Distrust | null {
  const distrust = distrustOf(path)
  if (distrust !== null) return distrust
  const found = statOf(`${path}/.`)
  return found !== null && othersMayWrite(found) ? distrustBy('open', path, found) : null
}

/** As `distrustOf`, for a directory whose files are judged one by one: whose it is does not matter where nobody can put another in its place. */
export function distrustOfWay(path: string): Distrust | null {
  const distrust = distrustOf(path)
  if (distrust?.path !== path) return distrust
  const [found, above] = [statOf(path), statOf(dirname(path))]
  return found?.isDirectory() && above !== null && !othersMayWrite(above) ? null : distrust
}

/** Root may do anything as it is. */
export function isTrustedOwner(uid: number): boolean {
  return uid === 0 || uid === process.getuid?.()
}

/** Whether anyone but root and the owner may write it by its mode. */
export function othersMayWrite({ mode, gid }: Pick<Stats, 'mode' | 'gid'>): boolean {
  return (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && !isPrivateGroup(gid))
}

/** `belongs to user id 1000`, `can be written by others (mode 777)`. */
export function describeDistrust({ owner, mode, why }: Distrust): string {
  if (why === 'open') return `can be written by others (mode ${(mode & 0o7777).toString(8)})`
  const name = userNameOf(owner)
  return `belongs to ${name === undefined ? '' : `${name}, `}user id ${owner}`
}

/** The name of a user by the machine's own list of them. */
export function userNameOf(uid: number): string | undefined {
  return entriesOf('/etc/passwd').find(([, , id]) => id === String(uid))?.[0]
}

/** The number of a group by the machine's own list of them. Node has no other way to ask. */
export function groupIdOf(name: string, list = '/etc/group'): number | null {
  const id = entriesOf(list).find(([group]) => group === name)?.[2]
  return id === undefined || !/^\d+$/.test(id) ? null : Number(id)
}

function judge(path: string, found: Stats): Distrust | null {
  if (!isTrustedOwner(found.uid)) return distrustBy('owner', path, found)
  // A sticky directory protects what we have in it. A link has no mode of its own; that of a device says nothing of the way.
  const isProtected = found.isDirectory() ? (found.mode & STICKY) !== 0 : !found.isFile()
  return !isProtected && othersMayWrite(found) ? distrustBy('open', path, found) : null
}

function distrustBy(why: Distrust['why'], path: string, { uid: owner, mode }: Stats): Distrust {
  return { path, owner, mode, why }
}

/** A group of the user's own number and with nobody else in it, as most distributions give to each user; or root's. */
function isPrivateGroup(gid: number): boolean {
  const uid = process.getuid?.()
  if (gid !== 0 && gid !== uid) return false
  const members = entriesOf('/etc/group').find(([, , id]) => id === String(gid))?.[3] ?? ''
  const own = [userNameOf(0), uid === undefined ? undefined : userNameOf(uid)]
  return members.split(',').every((name) => name === '' || own.includes(name))
}

function entriesOf(path: string): readonly (readonly string[])[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
  } catch {
    return [] // A machine without such a list.
  }
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

/** Of the link itself, where it is one; null if nothing is there, or it cannot be looked at. */
export function statOf(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch {
    return null
  }
}
