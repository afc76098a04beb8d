import { dirname } from 'node:path'
import type { ServerHostKeyAlgorithm } from 'ssh2'
import type { Clock } from '../../platform/clock.ts'
import { codeOf } from '../../platform/error-code.ts'
import type { Turns } from '../../platform/files/exclusion.ts'
import { makeDirectory } from '../../platform/files/make-directory.ts'
import type { Log } from '../../platform/log/log.ts'
import { appendKnownHost } from './append-known-host.ts'
import * as describe from './describe-host-key.ts'
import { type HostKeyPolicy, type HostKeyVerdict, isAlarm } from './host-key-verdict.ts'
import { hostNameOf, isPlainHost } from './host-name.ts'
import { judgeHostKey } from './judge-host-key.ts'
import { fingerprintOf, keyTypeOf } from './key-blob.ts'
import { KnownHostsFile } from './known-hosts-file.ts'
import { learningTurns } from './learning-turns.ts'
import { serverHostKeyAlgorithms } from './server-host-key-algorithms.ts'

/** Which key belongs to which host, by a known_hosts file of OpenSSH. Nothing here waits for the network, and nothing throws or rejects. */
export interface HostKeys {
  /** The algorithms to offer (`algorithms.serverHostKey` of ssh2), best first; `legacy` allows those that OpenSSH has dropped. */
  algorithmsFor(host: string, port: number, legacy: boolean): ServerHostKeyAlgorithm[]
  /** Judges the key (wire format) that a host has shown; learns it where the policy says so. Logs what it refuses or learns. */
  verify(host: string, port: number, key: Buffer): Promise<HostKeyVerdict>
  /**
   * The reason to give when a host had no key of any algorithm that was offered ("no matching host key format" in ssh2): which
   * keys are known and how to forget them. `offered`: the algorithms of the host's keys, in its own words.
   */
  explainNoCommonAlgorithm(host: string, port: number, offered: readonly string[]): describe.NoKeyInCommon
}

/** Which known_hosts is used, and by which policy. */
export type HostKeysOptions = {
  /** Path of known_hosts. Need not be there. */
  readonly file: string
  readonly policy: HostKeyPolicy
  readonly clock: Clock
  readonly log: Log
}

export function createHostKeys(options: HostKeysOptions): HostKeys {
  return new KnownHostKeys(options)
}

type Shown = describe.ShownKey & { readonly host: string }

class KnownHostKeys implements HostKeys {
  readonly #options: HostKeysOptions
  readonly #known: KnownHostsFile
  readonly #learning: Turns

  constructor(options: HostKeysOptions) {
    this.#options = options
    this.#learning = learningTurns(options.file, options.clock)
    this.#known = new KnownHostsFile(options.file, (ignored) => {
      const lines = ignored.slice(0, 5).map(({ line, why }) => `${line}: ${why}`)
      options.log.warn({ file: options.file, ignored: ignored.length, lines }, 'ignored lines in known_hosts')
    })
  }

  algorithmsFor(host: string, port: number, legacy: boolean): ServerHostKeyAlgorithm[] {
    if (this.#options.policy === 'off') return serverHostKeyAlgorithms([], legacy)
    try {
      return serverHostKeyAlgorithms(this.#known.find(hostNameOf(host, port)), legacy)
    } catch {
      // The file cannot be read: `verify` will refuse, and say so.
      return serverHostKeyAlgorithms([], legacy)
    }
  }

  async verify(host: string, port: number, key: Buffer): Promise<HostKeyVerdict> {
    const shown = { host, name: hostNameOf(host, port), key, file: this.#options.file }
    const verdict = this.#options.policy === 'off' ? unchecked(shown) : await this.#judgeSafely(shown)
    this.#tell(shown, verdict)
    return verdict
  }

  explainNoCommonAlgorithm(host: string, port: number, offered: readonly string[]): describe.NoKeyInCommon {
    const { file } = this.#options
    const name = hostNameOf(host, port)
    try {
      const lines = this.#known.find(name).filter(({ revoked }) => !revoked)
      if (lines.length > 0) return describe.explainNoneKnown({ name, file }, lines, offered)
    } catch {
      // The file cannot be read, so nothing was known: what follows is true.
    }
    return describe.explainNoKind(name, offered)
  }

  async #judgeSafely(shown: Shown): Promise<HostKeyVerdict> {
    try {
      return await this.#judge(shown)
    } catch (error) {
      return verdict(
        shown,
        'unknown',
        `the key of ${shown.name} cannot be checked: reading ${shown.file} failed (${codeOf(error)}), expected a ` +
          "known_hosts file that rcron's user can read",
      )
    }
  }

  async #judge(shown: Shown): Promise<HostKeyVerdict> {
    if (keyTypeOf(shown.key) === undefined) {
      return verdict(shown, 'unknown', `${shown.name} showed bytes that are not a public key of a known type`)
    }
    const { kind, because } = judgeHostKey(this.#known.find(shown.name), shown.key)
    switch (kind) {
      case 'known':
        return verdict(shown, kind, describe.describeKnown(shown, because))
      case 'changed':
        return verdict(shown, kind, describe.describeChanged(shown, because))
      case 'revoked':
        return verdict(shown, kind, describe.describeRevoked(shown, because))
      case 'unknown':
        return this.#options.policy === 'accept-new'
          ? await this.#learn(shown)
          : verdict(shown, kind, describe.describeUnknown(shown))
      default:
        return kind satisfies never
    }
  }

  async #learn(shown: Shown): Promise<HostKeyVerdict> {
    const { name, key, file } = shown
    if (!isPlainHost(shown.host)) {
      return verdict(shown, 'unknown', `the host name ${JSON.stringify(shown.host)} cannot be written into ${file}`)
    }
    const failure = await this.#write(name, key)
    if (failure === undefined) return this.#confirm(shown)
    return verdict(shown, 'unknown', describe.describeUnlearnt(shown, failure))
  }

  /** Writes the key down, unless another rcron has just done so: then its line counts. The code of the error where that fails. */
  async #write(name: string, key: Buffer): Promise<string | undefined> {
    const { file } = this.#options
    try {
      makeDirectory(dirname(file))
      await this.#learning.takeOrDoWithout(() => {
        if (judgeHostKey(this.#known.find(name), key).kind !== 'unknown') return
        appendKnownHost(file, `${name} ${keyTypeOf(key)} ${key.toString('base64')}`)
      })
      return undefined
    } catch (error) {
      return codeOf(error)
    }
  }

  /** What the file holds in the end is what counts. */
  #confirm(shown: Shown): HostKeyVerdict {
    const { kind, because } = judgeHostKey(this.#known.find(shown.name), shown.key)
    if (kind === 'known') return verdict(shown, 'learned', describe.describeLearned(shown))
    if (kind === 'changed') return verdict(shown, kind, describe.describeChanged(shown, because))
    return verdict(shown, 'unknown', describe.describeUnlearnt(shown, 'it was replaced meanwhile'))
  }

  #tell(shown: Shown, verdict: HostKeyVerdict): void {
    const { log } = this.#options
    const fields = { host: shown.name, fingerprint: verdict.fingerprint, reason: verdict.reason }
    if (isAlarm(verdict)) log.alarm(fields, 'host key refused')
    else if (!verdict.accepted) log.warn(fields, 'host key refused')
    else if (verdict.kind === 'learned') log.info(fields, 'host key learnt')
  }
}

function verdict(shown: Shown, kind: HostKeyVerdict['kind'], reason: string): HostKeyVerdict {
  const accepted = kind === 'known' || kind === 'learned' || kind === 'unchecked'
  return { accepted, kind, fingerprint: fingerprintOf(shown.key), reason }
}

function unchecked(shown: Shown): HostKeyVerdict {
  return verdict(shown, 'unchecked', `the key of ${shown.name} is not checked (RCRON_HOST_KEYS=off)`)
}
