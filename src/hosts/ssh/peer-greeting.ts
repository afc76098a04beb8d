import { type ParsedOffer, parseServerOffer } from './server-offer.ts'

const MOST_BYTES = 64 * 1024

/** What a host has said so far, before anything is encrypted: for saying why a login came to nothing. */
export class PeerGreeting {
  #bytes: Buffer = Buffer.alloc(0)

  add(chunk: Buffer): void {
    const room = MOST_BYTES - this.#bytes.length
    // The chunk is the socket's: a copy is kept.
    if (room > 0) this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, room)])
  }

  /** It said something, and did not begin as SSH does. */
  get isStrange(): boolean {
    return this.#bytes.length > 0 && !this.greetsAsSsh
  }

  get greetsAsSsh(): boolean {
    return this.firstLine.startsWith('SSH-')
  }

  /** Cut short. */
  get firstLine(): string {
    return this.#bytes.toString('latin1', 0, 80).split(/\r?\n/, 1)[0] ?? ''
  }

  get offer(): ParsedOffer {
    return parseServerOffer(this.#bytes)
  }

  /** Whether the host has RSA host keys and signs with SHA-1 alone: then it may know no other signature of ours either. */
  get isOlderThanSha2(): boolean {
    const { offer } = this
    if (typeof offer === 'string') return false
    return offer.hostKeys.includes('ssh-rsa') && !offer.hostKeys.some((name) => name.startsWith('rsa-sha2-'))
  }
}
