import { quote } from '../../schedule/parse/schedule-finding.ts'
import { type RowFinding, refuse } from './row-finding.ts'

/** What a host may not hold: it belongs to the user, to a URL or to the port. */
const FOREIGN = /[@/[\]:]/

/** A host is a name or an address, alone; what else is written around it is refused with the spelling that works. */
export function hostProblems(host: string): readonly RowFinding[] {
  if (!FOREIGN.test(host) || isIpv6(host)) return []
  return [refuse('host', `${quote(host)} is not just a name or an address`, spellingOf(host))]
}

/** What `ssh` and URLs take: `scheme://user@host:port/path`, an IPv6 address in brackets. */
const AROUND =
  /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:(?<user>[^@/]*)@)?(?<host>\[[^[\]]*\]|[^@/[\]:]+)(?::(?<port>\d*))?(?:\/.*)?$/i

function spellingOf(text: string): string {
  const { user, host = '', port } = AROUND.exec(text)?.groups ?? {}
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (bare === '' || (host !== bare && !isIpv6(bare))) return 'write a name such as db1.example.com, or an address'
  const ofPort = port ? `, and port ${port} as the port (--port ${port})` : ''
  const ofUser = user === undefined ? '' : "; the user comes from the cron's auth"
  return `write ${quote(bare)}${ofPort}${ofUser}`
}

const GROUPS = 8
const GROUP = /^[0-9a-f]{1,4}$/i
/** Stands for two groups. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/

/** Whether `text` is an IPv6 address, with or without a zone (`fe80::1%eth0`), and without brackets. */
export function isIpv6(text: string): boolean {
  const [address = '', ...zones] = text.split('%')
  if (zones.length > 1 || zones[0] === '') return false
  const halves = address.split('::')
  const [head = '', tail = ''] = halves
  const count = groupsIn(head, halves.length === 1) + groupsIn(tail, true)
  if (halves.length === 1) return count === GROUPS
  return halves.length === 2 && count < GROUPS
}

/** How many groups stand in `text`; NaN where something else does. An IPv4 address may be the last. */
function groupsIn(text: string, mayEndInIpv4: boolean): number {
  if (text === '') return 0
  const parts = text.split(':')
  const counts = parts.map((part, at) => {
    if (GROUP.test(part)) return 1
    return mayEndInIpv4 && at === parts.length - 1 && IPV4.test(part) ? 2 : Number.NaN
  })
  return counts.reduce((sum, count) => sum + count, 0)
}
