import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { open, readlink, realpath, stat, statfs } from 'node:fs/promises'
import { codeOf } from '../error-code.ts'

/** A file that is there and cannot be what it should be: `message` says why, and is its code, as the errors of the file system have one. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError'
  readonly code: string

  constructor(why: string, options?: ErrorOptions) {
    super(why, options)
    this.code = why
  }
}

/** Differs whenever the file at a path has been written, replaced or given other rights; undefined if there is none. */
export type FileStamp = string

/** A file that was read within a bound. */
export type BoundedFile = {
  readonly content: Buffer
  readonly mode: number
  /** User id of the owner. */
  readonly uid: number
  /** Where the links of its path end. */
  readonly realPath: string
  readonly stamp: FileStamp
}

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants
const FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY
const CHUNK_BYTES = 64 * 1024

/** Follows symbolic links. Rejects with the error of the file system, but for a file that is not there. */
export async function stampOf(path: string): Promise<FileStamp | undefined> {
  try {
    return stampOfStats(await stat(path, { bigint: true }))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** As `stampOf`. */
export function stampOfSync(path: string): FileStamp | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : stampOfStats(stats)
}

function stampOfStats(stats: BigIntStats): FileStamp {
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs, stats.mode, stats.uid].join(':')
}

/**
 * Reads a whole file of at most `maxBytes`, and never more than one byte beyond. Rejects with the error of the file system, or with an
 * UnusableFileError: `EISDIR`, `not a regular file`, `too large`, or `kept by the kernel` for what lies in `/proc`, `/sys` or `/dev`,
 * judged where the opened file is and not by how it was named. A pipe or a device is neither opened nor waited for.
 */
export async function readBoundedFile(path: string, maxBytes: number): Promise<BoundedFile> {
  refuseOddKind(await stat(path, { bigint: true }))
  const file = await open(path, FLAGS)
  try {
    const stats = await file.stat({ bigint: true })
    const realPath = await readlink(ownLink(file.fd)).catch(() => realpath(path))
    const { type } = await statfs(ownLink(file.fd)).catch(() => statfs(path))
    refuse({ stats, realPath, type }, maxBytes)
    const chunks = new Chunks(maxBytes, stats.size)
    for (let room = chunks.next(); room !== null; room = chunks.next()) {
      const { bytesRead } = await file.read(room)
      chunks.add(room, bytesRead)
    }
    return fileOf(stats, realPath, chunks.whole())
  } finally {
    await file.close()
  }
}

/** As `readBoundedFile`, where nobody else is kept waiting: for the files that settings name. */
export function readBoundedFileSync(path: string, maxBytes: number): BoundedFile {
  refuseOddKind(statSync(path, { bigint: true }))
  const fd = openSync(path, FLAGS)
  try {
    const stats = fstatSync(fd, { bigint: true })
    const realPath = orElse(
      () => readlinkSync(ownLink(fd)),
      () => realpathSync(path),
    )
    const { type } = orElse(
      () => statfsSync(ownLink(fd)),
      () => statfsSync(path),
    )
    refuse({ stats, realPath, type }, maxBytes)
    return fileOf(stats, realPath, readAtMostSync(fd, maxBytes, stats.size))
  } finally {
    closeSync(fd)
  }
}

/** What is left to be read of an open file that the caller has judged. Throws an UnusableFileError, `too large`, as `readBoundedFile` rejects. */
export function readAtMostSync(fd: number, maxBytes: number, expectedBytes: bigint): Buffer {
  const chunks = new Chunks(maxBytes, expectedBytes)
  for (let room = chunks.next(); room !== null; room = chunks.next()) chunks.add(room, readSync(fd, room))
  return chunks.whole()
}

/** The descriptor's own name, on Linux; elsewhere there is none, and the path has to do. */
function ownLink(fd: number): string {
  return `/proc/self/fd/${fd}`
}

function orElse<Result>(attempt: () => Result, otherwise: () => Result): Result {
  try {
    return attempt()
  } catch {
    return otherwise()
  }
}

function fileOf(stats: BigIntStats, realPath: string, content: Buffer): BoundedFile {
  return { content, mode: Number(stats.mode & 0o777n), uid: Number(stats.uid), realPath, stamp: stampOfStats(stats) }
}

/** proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, configfs, bpf, efivarfs: wherever they are mounted. */
const KERNEL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x73636673, 0x62656570, 0xcafe4a11, 0xde5e81e4,
])

type Opened = { readonly stats: BigIntStats; readonly realPath: string; readonly type: number }

function refuse({ stats, realPath, type }: Opened, maxBytes: number): void {
  refuseOddKind(stats)
  if (KERNEL_FILE_SYSTEMS.has(type >>> 0) || /^\/(proc|sys|dev)(\/|$)/.test(realPath)) {
    throw new UnusableFileError('kept by the kernel')
  }
  if (stats.size > BigInt(maxBytes)) throw new UnusableFileError('too large')
}

function refuseOddKind(stats: BigIntStats): void {
  if (stats.isDirectory()) throw new UnusableFileError('EISDIR')
  if (!stats.isFile()) throw new UnusableFileError('not a regular file')
}

/** What has been read so far; a size that the file system tells is not relied on. */
class Chunks {
  readonly #maxBytes: number
  readonly #chunks: Buffer[] = []
  readonly #expectedBytes: number
  #bytes = 0
  #isDone = false

  constructor(maxBytes: number, expectedBytes: bigint) {
    this.#maxBytes = maxBytes
    this.#expectedBytes = Number(expectedBytes)
  }

  /** Room for what comes next; null if that is enough. */
  next(): Buffer | null {
    const left = this.#maxBytes + 1 - this.#bytes
    const wanted = this.#bytes === 0 ? this.#expectedBytes + 1 : CHUNK_BYTES
    return this.#isDone || left === 0 ? null : Buffer.alloc(Math.min(wanted, left))
  }

  add(room: Buffer, bytesRead: number): void {
    this.#isDone = bytesRead === 0
    this.#bytes += bytesRead
    this.#chunks.push(room.subarray(0, bytesRead))
  }

  whole(): Buffer {
    if (this.#bytes > this.#maxBytes) throw new UnusableFileError('too large')
    const [only, ...others] = this.#chunks.filter((chunk) => chunk.length > 0)
    return only !== undefined && others.length === 0 ? only : Buffer.concat(this.#chunks)
  }
}
