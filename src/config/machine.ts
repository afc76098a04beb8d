import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { promisify } from 'node:util'
import { machineTimezone, type Unusable } from './machine-timezone.ts'
import type { Environment } from './read-variables.ts'

/** What defaults are taken from. */
export type Machine = {
  /** Fully qualified where the machine knows its domain. */
  readonly hostname: string
  readonly home: string
  /** IANA name, where the machine's zone has one. */
  readonly timezone: string | Unusable
  /** Of the user who runs rcron; 0 is root. */
  readonly uid: number
  /** Relative paths begin here. */
  readonly workingDirectory: string
}

const LOOKUP_DEADLINE_MS = 2_000

export async function thisMachine(environment: Environment): Promise<Machine> {
  return {
    hostname: await qualifiedHostname(),
    home: homeDirectory(environment),
    timezone: machineTimezone(environment['TZ']),
    uid: process.getuid?.() ?? 0,
    workingDirectory: process.cwd(),
  }
}

/** HOME, or what the machine's list of users has where that is set to nothing. */
function homeDirectory(environment: Environment): string {
  return environment['HOME'] === '' ? userInfo().homedir : homedir()
}

async function qualifiedHostname(): Promise<string> {
  const name = hostname()
  if (name.includes('.')) return name
  return canonicalName(name, hostsFile()) ?? (await resolvedName(name))
}

/** The first name on the line of a hosts file that lists `name`, if it has a domain. */
export function canonicalName(name: string, hosts: string): string | undefined {
  for (const line of hosts.split('\n')) {
    const [, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    const [canonical] = names
    if (canonical?.startsWith(`${name}.`) && names.includes(name)) return canonical
  }
  return undefined
}

function hostsFile(): string {
  try {
    return readFileSync('/etc/hosts', 'utf8')
  } catch {
    return '' // Then the resolver is asked.
  }
}

async function resolvedName(name: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('hostname', ['-f'], { timeout: LOOKUP_DEADLINE_MS })
    const answer = stdout.trim()
    return answer.startsWith(`${name}.`) ? answer : name
  } catch {
    return name // No such program, or no answer in time.
  }
}
