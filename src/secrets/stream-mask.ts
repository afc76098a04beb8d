import type { KnownSecrets } from './known-secrets.ts'

/**
 * Replaces secrets in a text that comes in parts, wherever its borders are: an end that may begin a secret waits for what follows. Where
 * something is left out in between, nothing that may be a part of a secret is let through on either side.
 */
export class StreamMask {
  readonly #secrets: Pick<KnownSecrets, 'maskBeginning' | 'mask' | 'longest'>
  #held = ''
  /** Characters after a gap that may be the rest of a secret: secrets have no line ends in them. */
  #unsafe = 0
  #dropped = 0

  /** `held`: the end of what has gone before. */
  constructor(secrets: Pick<KnownSecrets, 'maskBeginning' | 'mask' | 'longest'>, held = '') {
    this.#secrets = secrets
    this.#held = held
  }

  /** What can be let through by now. */
  push(text: string): string {
    const { masked, held } = this.#secrets.maskBeginning(this.#held + this.#withoutUnsafe(text))
    this.#held = held
    return masked
  }

  /** Something is left out here. */
  cut(): void {
    this.#dropped += Buffer.byteLength(this.#held)
    this.#held = ''
    this.#unsafe = this.#secrets.longest
  }

  /** Nothing follows: what had waited. */
  end(): string {
    const held = this.#secrets.mask(this.#held)
    this.#held = ''
    return held
  }

  /** Bytes that were not let through since this was asked last. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  #withoutUnsafe(text: string): string {
    if (this.#unsafe === 0) return text
    const line = text.slice(0, this.#unsafe).indexOf('\n')
    const end = line === -1 ? Math.min(this.#unsafe, text.length) : line + 1
    this.#unsafe = line === -1 ? this.#unsafe - end : 0
    this.#dropped += Buffer.byteLength(text.slice(0, end))
    return text.slice(end)
  }
}
