import { quote } from '../../schedule/parse/schedule-finding.ts'
import { isIpv6 } from './ipv6.ts'
import { type RowFinding, refuse } from './row-finding.ts'

/** What a host may not hold: it belongs to the user, to a URL or to the port. */
const FOREIGN = /[@/[\]:]/

/** A host is a name or an address, alone; what else is written around it is refused with the spelling that works. */
export function hostProblems(host: string): readonly RowFinding[] {
  if (!FOREIGN.test(host) || isIpv6(host)) return []
  return [refuse('host', `${quote(host)} is no name or address alone`, spellingOf(host))]
}

/** What `ssh` and URLs take: `scheme://user@host:port/path`, an IPv6 address in brackets. */
const AROUND =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:(?<user>[^@/]*)@)?(?<host>\[[^[\]]*\]|[^@/[\]:]+)(?::(?<port>\d*))?(?:\/.*)?$/i

function spellingOf(text: string): string {
  const { user, host = '', port } = AROUND.exec(text)?.groups ?? {}
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (bare === '' || (host !== bare && !isIpv6(bare))) return 'write a name such as db1.example.com, or an address'
  const ofPort = port ? `, and port ${port} as the port (--port ${port})` : ''
  const ofUser = user === undefined ? '' : "; the user is that of the cron's auth"
  return `write ${quote(bare)}${ofPort}${ofUser}`
}
