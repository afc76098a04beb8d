import { AUTH_COLUMNS } from '../../domain/columns/auths.ts'
import { SYSTEM_COLUMNS } from '../../domain/columns/systems.ts'
import { isHostPattern, parseHostPatterns } from '../../domain/host-patterns.ts'
import type { Problem } from '../../domain/problem.ts'
import type { AuthRow, SystemRow } from '../../domain/rows.ts'
import { quote } from '../../schedule/parse/schedule-finding.ts'
import { describeUnseen } from '../../schedule/unseen.ts'
import { rowJudge } from './judge-columns.ts'
import { hostProblems } from './judge-host.ts'
import { type RowFinding, refuse } from './row-finding.ts'

const ofSystemColumns = rowJudge(SYSTEM_COLUMNS)
const ofAuthColumns = rowJudge(AUTH_COLUMNS)

/** All that keeps a system from being used. */
export function systemProblems(row: SystemRow): readonly Problem[] {
  const findings = [...nameProblems('host', row.host), ...ofSystemColumns(row)]
  const about = { kind: 'system', id: row.id, name: quote(row.host).slice(1, -1) } as const
  return findings.map((finding) => ({ about, ...finding }))
}

/** All that keeps an auth from being used; its secret is judged where it is opened. */
export function authProblems(row: AuthRow): readonly Problem[] {
  const findings = [...nameProblems('user', row.user), ...secretHostsProblems(row.hosts), ...ofAuthColumns(row)]
  return findings.map((finding) => ({ about: { kind: 'auth', id: row.id, name: null }, ...finding }))
}

/** A name that reaches a connection, a lock file and perhaps the system's own `ssh`. */
function nameProblems(field: string, name: string): readonly RowFinding[] {
  if (name === '') return [refuse(field, 'is empty', null)]
  if (name.startsWith('-'))
    return [refuse(field, `${quote(name)} begins with "-"`, 'it could be mistaken for an option')]
  const isSpaced = field === 'host' && /\s/.test(name)
  if (!isSpaced && !/\p{Cc}/u.test(name) && describeUnseen(name) === null)
    return field === 'host' ? hostProblems(name) : []
  return [refuse(field, `${quote(name)} contains white space, control or invisible characters`, 'remove them')]
}

function secretHostsProblems(hosts: string | null): readonly RowFinding[] {
  if (hosts === null) return []
  const patterns = parseHostPatterns(hosts)
  const expected = 'expected names, addresses or patterns (*.example.com), separated by commas, without ports'
  if (patterns.length === 0) return [refuse('hosts', `does not name a host, ${expected}`, 'NULL means any host')]
  return patterns
    .filter((pattern) => !isHostPattern(pattern))
    .map((pattern) => refuse('hosts', `${quote(pattern)} does not name a host, ${expected}`, null))
}
