import { dirname } from 'node:path'
import { OperatorError } from '../../domain/errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { codeOf } from '../../platform/error-code.ts'
import { makeDirectory } from '../../platform/files/make-directory.ts'
import { appendKnownHost } from './append-known-host.ts'
import { describeLines } from './describe-host-key.ts'
import { hostNameOf, isPlainHost } from './host-name.ts'
import { judgeHostKey } from './judge-host-key.ts'
import { keyTypeOf } from './key-blob.ts'
import { sizeFault } from './key-strength.ts'
import { KnownHostsFile } from './known-hosts-file.ts'
import { learningTurns } from './learning-turns.ts'

/** A public key as its `.pub` file holds it: `ssh-ed25519 AAAA… comment`. Throws an Error that says what was expected. */
export function parsePublicKey(text: string): Buffer {
  const [type = '', base64 = ''] = text.trim().split(/\s+/)
  if (type.startsWith('SHA256:')) {
    throw new Error(
      'known_hosts cannot hold a fingerprint: give the key itself, as "ssh-keyscan" prints it: "ssh-ed25519 AAAA…"',
    )
  }
  const key = Buffer.from(base64, 'base64')
  if (key.toString('base64') !== base64 || keyTypeOf(key) !== type) {
    throw new Error(
      'expected a public key such as "ssh-ed25519 AAAA…", the content of /etc/ssh/ssh_host_ed25519_key.pub',
    )
  }
  const fault = sizeFault(key, true)
  if (fault !== null) throw new Error(`it is ${fault}`)
  return key
}

/** A host key that an operator vouches for, and the file that is to hold it. */
export type Pin = {
  readonly file: string
  readonly host: string
  readonly port: number
  readonly key: Buffer
  readonly clock: Clock
}

/** Writes the key of a host into known_hosts, before anybody connects. Rejects with an OperatorError where another one is known, or it cannot. */
export async function pinHostKey({ file, host, port, key, clock }: Pin): Promise<void> {
  if (!isPlainHost(host)) throw new OperatorError(`${JSON.stringify(host)} cannot be written into ${file}`, null)
  const known = new KnownHostsFile(file, () => {})
  const name = hostNameOf(host, port)
  try {
    makeDirectory(dirname(file))
    await learningTurns(file, clock).takeOrDoWithout(() => {
      if (isUnknown(known, name, { key, file }))
        appendKnownHost(file, `${name} ${keyTypeOf(key)} ${key.toString('base64')}`)
    })
  } catch (error) {
    if (error instanceof OperatorError) throw error
    throw new OperatorError(`the host key was not pinned: writing ${file} failed (${codeOf(error)})`, null)
  }
}

function isUnknown(known: KnownHostsFile, name: string, { key, file }: Pick<Pin, 'key' | 'file'>): boolean {
  const { kind, because } = judgeHostKey(known.find(name), key)
  if (kind === 'known' || kind === 'unknown') return kind === 'unknown'
  throw new OperatorError(
    `${file} holds another key for ${name}: ${describeLines(because)}`,
    `compare the fingerprints on the host itself, and forget the old key first: ssh-keygen -R '${name}' -f '${file}'`,
  )
}
