import { composeClock } from '../../../app/parts.ts'
import { composeResolver } from '../../../app/parts-for-hosts.ts'
import { ExitError, InvalidInputError, OperatorError } from '../../../domain/errors.ts'
import { describeHostPort } from '../../../domain/host-port.ts'
import type { SystemRow } from '../../../domain/rows.ts'
import { fingerprintOf, keyTypeOf } from '../../../hosts/host-keys/key-blob.ts'
import { parsePublicKey } from '../../../hosts/host-keys/pin-host-key.ts'
import { judgeKnown } from '../../../hosts/host-keys/replace-host-key.ts'
import { portOf } from '../../../hosts/port-of.ts'
import { readHostKey } from '../../../hosts/ssh/read-host-key.ts'
import { DEFAULT_TIMINGS } from '../../../hosts/timings.ts'
import { type ChangeParts, type Options, problemOfOption } from '../noun.ts'
import type { KeyFacts } from './describe-replacement.ts'

const REFUSED = 6

/** The key that a host shows now, with where it is reached from here and what is known of it. */
export type AskedHostKey = {
  readonly host: string
  readonly port: number
  readonly key: Buffer
  readonly facts: KeyFacts
}

/** Has the host of `system` show its key. Rejects with an OperatorError where it shows none, and with an ExitError for one that is revoked. */
export async function askHostKey(
  system: SystemRow,
  { settings }: Pick<ChangeParts, 'settings'>,
): Promise<AskedHostKey> {
  const { host, legacy_algorithms: legacy, login_timeout_s: timeout } = system
  const port = portOf(system, settings.hostname)
  const target = {
    host,
    port,
    legacyAlgorithms: legacy === 1,
    loginTimeoutMs: timeout === null ? null : timeout * 1000,
  }
  const resolver = composeResolver(composeClock())
  const shown = await readHostKey(target, { resolver, timings: DEFAULT_TIMINGS })
  if (shown.kind === 'none') {
    throw new OperatorError(`the host key cannot be read: ${shown.reason}; nothing was changed`, null)
  }
  const { kind, because } = judgeKnown({ file: settings.knownHostsFile, host, port, key: shown.key })
  const facts = {
    type: keyTypeOf(shown.key) ?? 'unknown',
    fingerprint: fingerprintOf(shown.key),
    verdict: kind,
    before: kind === 'changed' ? because.map(({ keyType, fingerprint }) => `${keyType} ${fingerprint}`) : [],
  }
  if (kind === 'revoked') {
    const where = describeHostPort(host, port)
    throw new ExitError(
      REFUSED,
      `${where} shows a key that ${settings.knownHostsFile} marks @revoked`,
      'Give it a new key.',
    )
  }
  return { host, port, key: shown.key, facts }
}

/** The fingerprint that `--host-key` asks for; null without it. Throws an InvalidInputError where it is no key. */
export function expectedFingerprint(options: Options): string | null {
  const given = options['hostKey']
  if (typeof given !== 'string') return null
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(given)) return given
  try {
    return fingerprintOf(parsePublicKey(given))
  } catch {
    const message = `found ${JSON.stringify(given.slice(0, 80))}, expected SHA256:… as "ssh-keygen -lf" prints it, or a public key`
    throw new InvalidInputError([problemOfOption('--host-key', message)])
  }
}

/** Rejects with an ExitError where the host shows another key than is expected of it. */
export function refuseOtherKey({ host, port, facts }: AskedHostKey, expected: string | null): void {
  if (expected === null || expected === facts.fingerprint) return
  const where = describeHostPort(host, port)
  throw new ExitError(
    REFUSED,
    `${where} shows the ${facts.type} key ${facts.fingerprint}, expected ${expected}; nothing was changed`,
    'Compare with the host itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub',
  )
}
