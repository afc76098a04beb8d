import type { Resolver } from 'node:dns/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOrNull } from '../../platform/error-code.ts'
import type { LookupResult } from './lookup-result.ts'

/** Milliseconds that the second kind of address is waited for once the first is known. */
const OTHER_FAMILY_MS = 250

/** Asks for both kinds of address at once. Some name servers never answer for one of them: the other is enough. */
export async function askNameServers(resolver: Resolver, name: string): Promise<LookupResult> {
  const asking = [askFamily(resolver, name, 4), askFamily(resolver, name, 6)]
  const both = Promise.all(asking)
  const anyFound = Promise.race(asking.map(whenFound)).then(() => delay(OTHER_FAMILY_MS, null, { ref: false }))
  const answers = (await Promise.race([both, anyFound])) ?? [...(await Promise.race(asking.map(whenFound)))]
  const found = answers.filter((answer) => answer.kind === 'found')
  if (found.length === 0) return answers.find((answer) => answer.kind === 'silent') ?? { kind: 'absent' }
  return {
    kind: 'found',
    addresses: found.flatMap(({ addresses }) => addresses),
    ttlMs: Math.min(...found.map(({ ttlMs }) => ttlMs)),
  }
}

/** Never settles where nothing is found. */
async function whenFound(asking: Promise<LookupResult>): Promise<readonly LookupResult[]> {
  const asked = await asking
  return asked.kind === 'found' ? [asked] : await new Promise(() => {})
}

async function askFamily(resolver: Resolver, name: string, family: 4 | 6): Promise<LookupResult> {
  try {
    const records =
      family === 4 ? await resolver.resolve4(name, { ttl: true }) : await resolver.resolve6(name, { ttl: true })
    const ttlMs = Math.min(...records.map(({ ttl }) => ttl)) * 1000
    return { kind: 'found', addresses: records.map(({ address }) => ({ address, family })), ttlMs }
  } catch (error) {
    const code = codeOrNull(error) ?? 'no code'
    return code === 'ENOTFOUND' || code === 'ENODATA' ? { kind: 'absent' } : { kind: 'silent', why: code }
  }
}
