import { createHash } from 'node:crypto'

/** How OpenSSH writes the fingerprint of a public key: `SHA256:` and unpadded base64. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** The fields of an SSH wire-format key, each led by its length; undefined if the lengths do not add up. */
export function fieldsOf(blob: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = []
  let at = 0
  while (at < blob.length) {
    if (at + 4 > blob.length) return undefined
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return undefined
    fields.push(blob.subarray(at + 4, end))
    at = end
  }
  return fields
}

/** How many bits a number (mpint of RFC 4251, 5) has. */
export function bitsOf(number: Buffer): number {
  const first = number.findIndex((byte) => byte !== 0)
  return first === -1 ? 0 : (number.length - first) * 8 - Math.clz32(number[first] ?? 0) + 24
}

/** How many fields follow the name of the type, for the types whose layout is fixed and simple. */
const FIELD_COUNTS: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 1],
  ['ssh-rsa', 2],
  ['ssh-dss', 4],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
  ['sk-ssh-ed25519@openssh.com', 2],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 3],
])

/** The type named inside a public key; undefined if the bytes are not a whole key of a type that can identify a host. */
export function keyTypeOf(blob: Buffer): string | undefined {
  const fields = fieldsOf(blob)
  const type = fields?.[0]?.toString('latin1')
  if (fields === undefined || type === undefined) return undefined
  if (fields.length - 1 !== FIELD_COUNTS.get(type) || fields.some((field) => field.length === 0)) return undefined
  if (type === 'ssh-ed25519' && fields[1]?.length !== 32) return undefined
  if (type.startsWith('ecdsa-') && fields[1]?.toString('latin1') !== type.slice('ecdsa-sha2-'.length)) return undefined
  return type
}
