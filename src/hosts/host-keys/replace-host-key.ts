import { chmodSync, chownSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { ExitError, OperatorError } from '../../domain/errors.ts'
import { codeOf } from '../../platform/error-code.ts'
import { readBoundedFileSync, stampOfSync } from '../../platform/files/bounded-file.ts'
import { makeDirectory } from '../../platform/files/make-directory.ts'
import { distrustOf } from '../../platform/files/path-trust.ts'
import { replaceFileSync } from '../../platform/files/whole-file.ts'
import { appendKnownHost } from './append-known-host.ts'
import { describeLines } from './describe-host-key.ts'
import { hostNameOf, isPlainHost } from './host-name.ts'
import { type Judgement, judgeHostKey } from './judge-host-key.ts'
import { fingerprintOf, keyTypeOf } from './key-blob.ts'
import { KnownHostsFile } from './known-hosts-file.ts'
import { learningTurns } from './learning-turns.ts'
import type { Pin } from './pin-host-key.ts'
import { withoutName } from './without-name.ts'

const REFUSED = 6
const MAX_BYTES = 64 * 1024 * 1024

/** What the file says of the key of a host. Throws an OperatorError where it cannot be read. */
export function judgeKnown({ file, host, port, key }: Omit<Pin, 'clock'>): Judgement {
  try {
    return judgeHostKey(new KnownHostsFile(file, () => {}).find(hostNameOf(host, port)), key)
  } catch (error) {
    throw new OperatorError(`${file} cannot be read (${codeOf(error)})`, null)
  }
}

/**
 * Makes `key` the one that known_hosts has of the host: whoever reads the file finds the old keys or the new one. Lines of other hosts, comments and
 * revoked keys stay. Rejects with an OperatorError where that cannot be, and has then changed nothing.
 */
export async function replaceHostKey(pin: Pin): Promise<void> {
  const { file, host, clock } = pin
  if (!isPlainHost(host)) throw new OperatorError(`${JSON.stringify(host)} cannot be written into ${file}`, null)
  try {
    makeDirectory(dirname(file))
    await learningTurns(file, clock).takeOrDoWithout(() => replaceIn(pin))
  } catch (error) {
    if (error instanceof OperatorError) throw error
    throw new OperatorError(`the host key was not replaced: writing ${file} failed (${codeOf(error)})`, null)
  }
}

function replaceIn(pin: Pin): void {
  const { file, host, port, key } = pin
  const name = hostNameOf(host, port)
  const line = `${name} ${keyTypeOf(key)} ${key.toString('base64')}`
  const { kind, because } = judgeKnown(pin)
  if (kind === 'revoked') {
    throw new ExitError(
      REFUSED,
      `${file} marks the key ${fingerprintOf(key)} of ${name} @revoked in ${describeLines(because)}`,
      'Give the host a new key.',
    )
  }
  if (kind === 'unknown') appendKnownHost(file, line)
  else if (kind === 'changed') rewrite(pin, { name, line })
}

function rewrite({ file }: Pin, { name, line }: { readonly name: string; readonly line: string }): void {
  if (distrustOf(file) !== null) throw Object.assign(new Error('others may change it'), { code: 'not safe' })
  const path = realpathSync(file)
  const { content, stamp } = readBoundedFileSync(path, MAX_BYTES)
  const text = content.toString('utf8')
  if (!Buffer.from(text).equals(content)) throw Object.assign(new Error('expected UTF-8'), { code: 'EILSEQ' })
  const kept = withoutName(text, name)
  if (kept === null) {
    throw new ExitError(
      REFUSED,
      `${file} has a pattern that means ${name} and other hosts as well, with another key`,
      `Take ${name} out of that line by hand.`,
    )
  }
  const { mode, uid, gid } = statSync(path)
  // OpenSSH takes no turns: what it has added meanwhile is not to be lost.
  if (stampOfSync(path) !== stamp) throw Object.assign(new Error('it was changed meanwhile'), { code: 'EAGAIN' })
  const end = kept === '' || kept.endsWith('\n') ? '' : '\n'
  replaceFileSync(path, `${kept}${end}${line}\n`)
  if (uid !== process.getuid?.()) chownSync(path, uid, gid)
  chmodSync(path, mode & 0o777)
}
