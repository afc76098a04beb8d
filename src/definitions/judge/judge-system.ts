import { isHostPattern, parseHostPatterns } from '../../domain/host-patterns.ts'
import type { Problem } from '../../domain/problem.ts'
import type { AuthRow, SystemRow } from '../../domain/rows.ts'
import { quote } from '../../schedule/parse/schedule-finding.ts'
import { describeUnseen } from '../../schedule/unseen.ts'
import { hostProblems } from './judge-host.ts'
import { type RowFinding, refuse } from './row-finding.ts'

const LARGEST_PORT = 65_535

/** A login that takes longer holds up whatever waits for the host. */
export const LONGEST_LOGIN_S = 300

/** All that keeps a system from being used. */
export function systemProblems(row: SystemRow): readonly Problem[] {
  const findings = [
    ...nameProblems('host', row.host),
    ...portProblems('port', row.port),
    ...portProblems('local_port', row.local_port),
    ...flag('supervise', row.supervise),
    ...flag('legacy_algorithms', row.legacy_algorithms),
    ...loginTimeoutProblems(row.login_timeout_s),
  ]
  const about = { kind: 'system', id: row.id, name: quote(row.host).slice(1, -1) } as const
  return findings.map((finding) => ({ about, ...finding }))
}

/** All that keeps an auth from being used; its secret is judged where it is opened. */
export function authProblems(row: AuthRow): readonly Problem[] {
  const findings = [...nameProblems('user', row.user), ...secretHostsProblems(row.hosts)]
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

function portProblems(field: string, port: number): readonly RowFinding[] {
  if (Number.isInteger(port) && port >= 1 && port <= LARGEST_PORT) return []
  return [refuse(field, `${port}, expected a port from 1 to ${LARGEST_PORT}`, null)]
}

function loginTimeoutProblems(seconds: number | null): readonly RowFinding[] {
  if (seconds === null || (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_LOGIN_S)) return []
  const expected = `expected whole seconds from 1 to ${LONGEST_LOGIN_S}`
  return [refuse('login_timeout_s', `${seconds}, ${expected}`, 'or NULL for the default')]
}

function flag(field: string, value: number | null): readonly RowFinding[] {
  return value === null || value === 0 || value === 1 ? [] : [refuse(field, `${value}, expected 0 or 1`, null)]
}
