const BLOCK_BYTES = 8
const LINE_CHARS = 70

/** An Ed25519 key pair as raw bytes, 32 each. */
export type Ed25519Pair = { readonly publicKey: Buffer; readonly seed: Buffer }

/** Writes an Ed25519 key, unencrypted, in OpenSSH's own format (its PROTOCOL.key): the only one in which ssh2 reads it. */
export function encodeOpenSshEd25519({ publicKey, seed }: Ed25519Pair): string {
  const type = field(Buffer.from('ssh-ed25519'))
  const publicPart = Buffer.concat([type, field(publicKey)])
  const keyAndComment = [type, field(publicKey), field(Buffer.concat([seed, publicKey])), field(Buffer.alloc(0))]
  // The two equal numbers tell a right passphrase from a wrong one; there is none here.
  const privatePart = padded(Buffer.concat([number(0), number(0), ...keyAndComment]))
  const none = field(Buffer.from('none'))
  const keyCount = number(1)
  const whole = [
    Buffer.from('openssh-key-v1\0'),
    none,
    none,
    number(0),
    keyCount,
    field(publicPart),
    field(privatePart),
  ]
  const lines =
    Buffer.concat(whole)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE_CHARS}}`, 'g')) ?? []
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function field(bytes: Buffer): Buffer {
  return Buffer.concat([number(bytes.length), bytes])
}

/** Filled up with 1, 2, 3 … to whole blocks. */
function padded(bytes: Buffer): Buffer {
  const missing = (BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))])
}
