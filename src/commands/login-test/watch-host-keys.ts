import type { HostKeys } from '../../hosts/host-keys/host-keys.ts'
import { keyTypeOf } from '../../hosts/host-keys/key-blob.ts'
import type { HostKeyReport } from './login-report.ts'

/** What a host showed. */
export type SeenHost = {
  /** The first time, which tells whether the key was learnt. */
  readonly key: HostKeyReport
  /** Connections that came so far. */
  readonly connections: number
}

/** By `host port`. */
export type SeenHostKeys = Map<string, SeenHost>

/** The same judge, whose verdicts are noted in `seen`. It is asked once for each connection. */
export function watchHostKeys(hostKeys: HostKeys, seen: SeenHostKeys): HostKeys {
  return {
    algorithmsFor: (host, port, legacy) => hostKeys.algorithmsFor(host, port, legacy),
    explainNoCommonAlgorithm: (host, port, offered) => hostKeys.explainNoCommonAlgorithm(host, port, offered),
    verify: async (host, port, key) => {
      const verdict = await hostKeys.verify(host, port, key)
      const { fingerprint, kind } = verdict
      const place = placeOf(host, port)
      const before = seen.get(place)
      const first = before?.key ?? { type: keyTypeOf(key) ?? null, fingerprint, verdict: kind }
      seen.set(place, { key: first, connections: (before?.connections ?? 0) + 1 })
      return verdict
    },
  }
}

export function placeOf(host: string, port: number): string {
  return `${host} ${port}`
}
