import { codeOf } from '../../platform/error-code.ts'
import { type FileStamp, readBoundedFileSync, stampOfSync } from '../../platform/files/bounded-file.ts'
import { type IgnoredLine, type KnownHost, parseKnownHost } from './known-host-line.ts'

const NEWLINE = 0x0a
const MAX_BYTES = 64 * 1024 * 1024

/**
 * A known_hosts file as it is on the disk now. It is read again whenever it has changed, and when it has only grown, only what
 * was added is parsed. A file that is not there holds nothing.
 */
export class KnownHostsFile {
  readonly #path: string
  readonly #onIgnored: (lines: readonly IgnoredLine[]) => void
  #stamp: FileStamp | undefined = undefined
  #content: Buffer = Buffer.alloc(0)
  #lineCount = 0
  #hosts: KnownHost[] = []
  /** What was found for a name, and how many of `#hosts` were asked for it. */
  readonly #found = new Map<string, { readonly asked: number; readonly hosts: readonly KnownHost[] }>()

  /** `onIgnored` is told of lines that cannot be used, once for each reading. */
  constructor(path: string, onIgnored: (lines: readonly IgnoredLine[]) => void) {
    this.#path = path
    this.#onIgnored = onIgnored
  }

  /** The lines that mean `name`, in their order. Throws the error of the file system where the file is there and cannot be read. */
  find(name: string): readonly KnownHost[] {
    this.#refresh()
    const before = this.#found.get(name) ?? { asked: 0, hosts: [] }
    if (before.asked === this.#hosts.length) return before.hosts
    const added = this.#hosts.slice(before.asked).filter((host) => host.isFor(name))
    const hosts = [...before.hosts, ...added]
    this.#found.set(name, { asked: this.#hosts.length, hosts })
    return hosts
  }

  #refresh(): void {
    if (stampOfSync(this.#path) === this.#stamp) return
    const file = readIfThere(this.#path)
    if (!this.#hasOnlyGrown(file.content)) this.#forget()
    this.#stamp = file.stamp
    this.#parseAdded(file.content)
  }

  /** A last line without its newline may have grown too: it is not settled. */
  #hasOnlyGrown(content: Buffer): boolean {
    const before = this.#content
    return before.at(-1) === NEWLINE && content.subarray(0, before.length).equals(before)
  }

  #forget(): void {
    this.#content = Buffer.alloc(0)
    this.#lineCount = 0
    this.#hosts = []
    this.#found.clear()
  }

  #parseAdded(content: Buffer): void {
    const lines = content.subarray(this.#content.length).toString('utf8').split('\n')
    const ignored: IgnoredLine[] = []
    if (lines.at(-1) === '') lines.pop()
    for (const line of lines) {
      this.#lineCount += 1
      const parsed = parseKnownHost(line, this.#lineCount)
      if (parsed === undefined) continue
      if ('why' in parsed) ignored.push(parsed)
      else this.#hosts.push(parsed)
    }
    this.#content = content
    if (ignored.length > 0) this.#onIgnored(ignored)
  }
}

function readIfThere(path: string): { readonly content: Buffer; readonly stamp: FileStamp | undefined } {
  try {
    return readBoundedFileSync(path, MAX_BYTES)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    return { content: Buffer.alloc(0), stamp: undefined }
  }
}
