import { isIP } from 'node:net'
import type { Address } from './name-resolver.ts'

/** Reads a hosts file: the addresses of each name, in lower case, in the order of the lines. */
export function parseHostsFile(text: string): ReadonlyMap<string, readonly Address[]> {
  const hosts = new Map<string, Address[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').split(/\s+/).filter(Boolean)
    const family = isIP(address)
    if (family !== 4 && family !== 6) continue
    for (const name of names) {
      const key = name.toLowerCase()
      hosts.set(key, [...(hosts.get(key) ?? []), { address, family }])
    }
  }
  return hosts
}
