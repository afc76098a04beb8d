/** Shorter ones stand in any text by chance. */
const LEAST = 6
const MOST_KEPT = 10_000
const INSTEAD = '[secret]'
const BITS = 16
const SLOTS = 1 << BITS

type Excerpt = { readonly head: string; readonly tail: string }

/** The secrets that this process has come to know, so that none of them is stored with what a command printed. Holds them in memory alone. */
export class KnownSecrets {
  readonly #known = new Set<string>()
  /** By their first characters, and by their last ones. */
  readonly #beginning = new Map<string, string[]>()
  readonly #ending = new Map<string, string[]>()
  /** Whether a secret may begin with two characters. */
  readonly #mayBegin = new Uint8Array(SLOTS)
  /** Fewer characters than tell a secret, with which one begins. */
  readonly #shortBeginnings = new Set<string>()
  #longest = 0

  /** Characters of the longest secret. */
  get longest(): number {
    return this.#longest
  }

  /** Of a text of several lines, a key's, each line counts; what frames a key is no secret. */
  note(text: string): void {
    for (const line of text.split(/\r?\n/)) {
      const secret = line.trim()
      if (secret.length >= LEAST && !secret.startsWith('-----')) this.#add(secret)
    }
  }

  /** `text` with each secret in it replaced. */
  mask(text: string): string {
    if (this.#known.size === 0) return text
    const parts: string[] = []
    let from = 0
    for (let at = 0; at <= text.length - LEAST; at++) {
      const found = this.#at(text, at)
      if (found === null) continue
      parts.push(text.slice(from, at), INSTEAD)
      from = at + found.length
      at = from - 1
    }
    return from === 0 ? text : [...parts, text.slice(from)].join('')
  }

  /** As `mask`, of a text that goes on: `held` is the end of it that may begin a secret, to stand before what comes next. */
  maskBeginning(text: string): { readonly masked: string; readonly held: string } {
    if (this.#known.size === 0) return { masked: text, held: '' }
    const parts: string[] = []
    let from = 0
    for (let at = 0; at < text.length; at++) {
      if (this.#mayGoOn(text, at)) return { masked: [...parts, text.slice(from, at)].join(''), held: text.slice(at) }
      const found = this.#at(text, at)
      if (found === null) continue
      parts.push(text.slice(from, at), INSTEAD)
      from = at + found.length
      at = from - 1
    }
    return { masked: from === 0 ? text : [...parts, text.slice(from)].join(''), held: '' }
  }

  /** As `mask`, and at the two places where something is left out also what may be a part of a secret. */
  maskExcerpt<One extends Excerpt>(excerpt: One): One {
    const { head, tail } = excerpt
    if (this.#known.size === 0) return excerpt
    if (tail === '') return { ...excerpt, head: this.mask(head) }
    return { ...excerpt, head: this.mask(this.#withoutCutEnd(head)), tail: this.mask(this.#withoutCutBeginning(tail)) }
  }

  #add(secret: string): void {
    if (this.#known.has(secret) || this.#known.size >= MOST_KEPT) return
    this.#known.add(secret)
    this.#longest = Math.max(this.#longest, secret.length)
    this.#mayBegin[slotOf(secret, 0)] = 1
    for (let length = 1; length < LEAST; length++) this.#shortBeginnings.add(secret.slice(0, length))
    put(this.#beginning, secret.slice(0, LEAST), secret)
    put(this.#ending, secret.slice(-LEAST), secret)
  }

  /** Whether the text ends in the middle of what may be a secret, which begins there. */
  #mayGoOn(text: string, at: number): boolean {
    const length = text.length - at
    if (length >= this.#longest) return false
    if (length === 1) return this.#shortBeginnings.has(text.slice(at))
    if (this.#mayBegin[slotOf(text, at)] === 0) return false
    const rest = text.slice(at)
    if (length < LEAST) return this.#shortBeginnings.has(rest)
    const candidates = this.#beginning.get(rest.slice(0, LEAST)) ?? NONE
    return candidates.some((secret) => secret.length > length && secret.startsWith(rest))
  }

  /** The longest secret that stands there. */
  #at(text: string, at: number): string | null {
    if (this.#mayBegin[slotOf(text, at)] === 0) return null
    const candidates = this.#beginning.get(text.slice(at, at + LEAST)) ?? NONE
    return candidates.find((secret) => text.startsWith(secret, at)) ?? null
  }

  #withoutCutEnd(head: string): string {
    for (let at = Math.max(0, head.length - this.#longest); at <= head.length - LEAST; at++) {
      const end = head.slice(at)
      const isBegun = (this.#beginning.get(end.slice(0, LEAST)) ?? NONE).some((secret) => secret.startsWith(end))
      if (isBegun) return `${head.slice(0, at)}${INSTEAD}`
    }
    return head
  }

  #withoutCutBeginning(tail: string): string {
    for (let to = Math.min(tail.length, this.#longest); to >= LEAST; to--) {
      const rest = tail.slice(0, to)
      const isEnded = (this.#ending.get(rest.slice(-LEAST)) ?? NONE).some((secret) => secret.endsWith(rest))
      if (isEnded) return `${INSTEAD}${tail.slice(to)}`
    }
    return tail
  }
}

const NONE: readonly string[] = []

function slotOf(text: string, at: number): number {
  return ((text.charCodeAt(at) << 7) ^ text.charCodeAt(at + 1)) & (SLOTS - 1)
}

/** The longest first. */
function put(map: Map<string, string[]>, key: string, secret: string): void {
  const there = map.get(key) ?? []
  map.set(
    key,
    [...there, secret].sort((a, b) => b.length - a.length),
  )
}
