import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const SIZE_MB = 24
const BLOCK = Buffer.alloc(64 * 1024)

/** From when until when a directory took no writes; epoch milliseconds. */
export type DiskFault = { readonly from: number; readonly until: number }

/** The file system that holds an installation's state: small, and now and then full or read-only. Needs root. */
export class ChaosDisk {
  readonly directory: string
  /** The same files, by a way that is never covered. */
  readonly #inside: string
  /** The same files once more, where nobody can write. */
  readonly #readOnly: string
  readonly #covered: string[] = []
  readonly #faults: { from: number; until: number }[] = []

  /** Mounts it at `directory`. */
  constructor(directory: string) {
    this.directory = directory
    this.#inside = `${directory}.disk`
    this.#readOnly = `${directory}.read-only`
    for (const path of [this.#inside, this.#readOnly, directory]) mkdirSync(path, { mode: 0o700 })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0700`, 'rcron-chaos', this.#inside])
    execFileSync('mount', ['--bind', this.#inside, directory])
    execFileSync('mount', ['--bind', this.#inside, this.#readOnly])
    execFileSync('mount', ['-o', 'remount,bind,ro', this.#readOnly])
  }

  get faults(): readonly DiskFault[] {
    return this.#faults
  }

  /** Whatever is opened below `name` from now on cannot be written, changed or removed. */
  cover(name: string): () => void {
    mkdirSync(join(this.#inside, name), { recursive: true, mode: 0o700 })
    this.#cover(name)
    return this.#lasting(() => this.#uncover(name))
  }

  /** No more room for anything. */
  fill(): () => void {
    const path = join(this.#inside, 'filler')
    try {
      for (let block = 0; block < (SIZE_MB * 1024) / 64; block++) appendFileSync(path, BLOCK)
    } catch {
      // It is full.
    }
    return this.#lasting(() => rmSync(path, { force: true }))
  }

  unmount(): void {
    const covers = this.#covered.splice(0).map((name) => join(this.directory, name))
    for (const path of [...covers.reverse(), this.directory, this.#readOnly, this.#inside]) uncover(path)
  }

  /** Read-only from its first moment: a mount that is made so afterwards may have been written through meanwhile. */
  #cover(name: string): void {
    execFileSync('mount', ['--bind', join(this.#readOnly, name), join(this.directory, name)])
    this.#covered.push(name)
  }

  /** What covers the whole hides what covers a part: the later ones go first, and come back. */
  #uncover(name: string): void {
    const index = this.#covered.indexOf(name)
    if (index < 0) return
    const later = this.#covered.splice(index).slice(1)
    for (const each of [name, ...later].reverse()) uncover(join(this.directory, each))
    for (const each of later) this.#cover(each)
  }

  #lasting(mend: () => void): () => void {
    const fault = { from: Date.now(), until: Number.POSITIVE_INFINITY }
    this.#faults.push(fault)
    return () => {
      mend()
      fault.until = Math.min(fault.until, Date.now())
    }
  }
}

function uncover(path: string): void {
  execFileSync('umount', ['-l', path])
}
