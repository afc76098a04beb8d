import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type AuthContext } from 'ssh2'

/**
 * An SSH server that means harm, in a process of its own so that its work is not the client's. Takes its name as the argument and
 * prints its port.
 */
const KEXINIT = 20
const IGNORE = 2
const KEX_REPLY = 31
const NEWKEYS = 21
const GEX_GROUP = 31

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function text(value: string | Buffer): Buffer {
  return Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)])
}

function packet(...payload: readonly Buffer[]): Buffer {
  const body = Buffer.concat(payload)
  const padding = 8 - ((body.length + 5) % 8) < 4 ? 16 - ((body.length + 5) % 8) : 8 - ((body.length + 5) % 8)
  return Buffer.concat([u32(body.length + padding + 1), Buffer.from([padding]), body, Buffer.alloc(padding)])
}

function kexinit(kex: string, hostKey: string): Buffer {
  const cipher = 'aes128-gcm@openssh.com'
  const lists = [kex, hostKey, cipher, cipher, 'hmac-sha2-256', 'hmac-sha2-256', 'none', 'none', '', '']
  return packet(Buffer.from([KEXINIT]), randomBytes(16), ...lists.map(text), Buffer.from([0]), u32(0))
}

/** A number whose bytes all count. */
function mpint(bits: number): Buffer {
  const bytes = randomBytes(bits / 8)
  bytes[0] = 0x80 | (bytes[0] ?? 0)
  bytes[bytes.length - 1] = 1 | (bytes.at(-1) ?? 0)
  return Buffer.concat([Buffer.from([0]), bytes])
}

function rsaReply(modulusBits: number, exponentBits: number): Buffer {
  const key = Buffer.concat([text('ssh-rsa'), text(mpint(exponentBits)), text(mpint(modulusBits))])
  const signature = Buffer.concat([text('rsa-sha2-512'), text(randomBytes(modulusBits / 8))])
  const reply = packet(Buffer.from([KEX_REPLY]), text(key), text(X25519_POINT), text(signature))
  return Buffer.concat([reply, packet(Buffer.from([NEWKEYS]))])
}

const X25519_POINT = Buffer.alloc(32, 9)

const malformed: readonly Buffer[] = [
  packet(Buffer.from([KEX_REPLY])),
  packet(Buffer.from([KEX_REPLY]), u32(0xffffffff)),
  packet(Buffer.from([KEX_REPLY]), text(''), text(''), text('')),
  packet(Buffer.from([KEX_REPLY]), text(text('rsa-sha2-512')), text(X25519_POINT), text('')),
  packet(Buffer.from([KEX_REPLY]), text(Buffer.alloc(30_000, 0xff)), text(''), text(Buffer.alloc(3_000))),
  packet(Buffer.from([KEXINIT]), Buffer.alloc(20)),
  packet(Buffer.from([255])),
]

/** What is sent after the offer. */
type Harm = { readonly kex: string; readonly hostKey: string; readonly answer: (socket: Socket, count: number) => void }

const MODERN = { kex: 'curve25519-sha256', hostKey: 'rsa-sha2-512' }

const raw: Readonly<Record<string, Harm>> = {
  'group exchange': {
    kex: 'diffie-hellman-group-exchange-sha256',
    hostKey: 'ssh-ed25519',
    answer: (socket) => {
      const prime = mpint(8_192)
      socket.write(packet(Buffer.from([GEX_GROUP]), text(prime), text(Buffer.from([2]))))
    },
  },
  'a huge RSA key': { ...MODERN, answer: (socket) => socket.write(rsaReply(120_000, 32)) },
  'a huge exponent': { ...MODERN, answer: (socket) => socket.write(rsaReply(3_072, 3_072)) },
  'the longest RSA key': { ...MODERN, answer: (socket) => socket.write(rsaReply(16_384, 64)) },
  'a short RSA key': { ...MODERN, answer: (socket) => socket.write(rsaReply(1_024, 32)) },
  'small packets without end': {
    ...MODERN,
    answer: (socket) => {
      const many = Buffer.concat(Array(4_096).fill(packet(Buffer.from([IGNORE]))))
      const more = () => {
        while (!socket.destroyed && socket.write(many));
      }
      socket.on('drain', more)
      more()
    },
  },
  'malformed answers': {
    ...MODERN,
    answer: (socket, count) => socket.write(malformed[count % malformed.length] ?? ''),
  },
}

/** Inside ssh2: it answers as many attempts as it thinks are under way. */
type Protocol = { readonly _authsQueue: string[]; readonly authPKOK: (algorithm: string, key: Buffer) => void }

/** Logs in whoever asks, or keeps him busy. */
const logins: Readonly<Record<string, (attempt: AuthContext, protocol: Protocol) => void>> = {
  'signatures without end': (attempt, protocol) => {
    if (attempt.method !== 'publickey') return attempt.reject(['publickey'])
    for (let count = 0; count < 2_000; count++) {
      protocol._authsQueue.push('publickey')
      protocol.authPKOK(attempt.key.algo, attempt.key.data)
    }
  },
  'a chatty command': (attempt) => attempt.accept(),
}

function serveRaw({ kex, hostKey, answer }: Harm) {
  let connections = 0
  return createServer((socket) => {
    const number = connections++
    socket.on('error', () => {
      // The client breaks off.
    })
    socket.write('SSH-2.0-OpenSSH_9.2\r\n')
    socket.write(kexinit(kex, hostKey))
    answer(socket, number)
    socket.resume()
  })
}

function serveLogins(authenticate: (attempt: AuthContext, protocol: Protocol) => void) {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-hostile-'))
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, 'key')])
  const hostKey = readFileSync(join(directory, 'key'))
  rmSync(directory, { recursive: true })
  return new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    const { _protocol: protocol } = connection as unknown as { readonly _protocol: Protocol }
    connection.on('error', () => {
      // As above.
    })
    connection.on('authentication', (attempt) => authenticate(attempt, protocol))
    connection.on('session', (accept) => {
      accept().on('exec', (grant) => {
        const channel = grant()
        for (let count = 0; count < 5_000; count++) channel.write('x')
        channel.exit(0)
        channel.end()
      })
    })
  })
}

const name = process.argv[2] ?? ''
const harm = raw[name]
const login = logins[name]
if (harm === undefined && login === undefined) throw new Error(`no such harm: ${name}`)
const server = harm === undefined ? serveLogins(login ?? (() => {})) : serveRaw(harm)
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
