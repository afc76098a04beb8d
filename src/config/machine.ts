import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir, hostname, userInfo } from 'node:os'
import { promisify } from 'node:util'
import { OperatorError } from '../domain/errors.ts'
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

/** `hostsFile`: where a machine's own domain is looked for first. */
export async function thisMachine(environment: Environment, hostsFile = '/etc/hosts'): Promise<Machine> {
  return {
    hostname: await qualifiedHostname(hostsFile),
    home: homeDirectory(environment),
    timezone: machineTimezone(environment['TZ']),
    uid: process.getuid?.() ?? 0,
    workingDirectory: workingDirectory(),
  }
}

function workingDirectory(): string {
  try {
    return process.cwd()
  } catch (cause) {
    throw new OperatorError('the working directory does not exist any more', 'Start rcron in another one.', { cause })
  }
}

/** HOME, or what the machine's list of users has where that is set to nothing. */
function homeDirectory(environment: Environment): string {
  return environment['HOME'] === '' ? userInfo().homedir : homedir()
}

async function qualifiedHostname(hostsFile: string): Promise<string> {
  const name = hostname()
  if (name.includes('.')) return name
  return canonicalName(name, textOf(hostsFile)) ?? (await resolvedName(name))
}

/** By the lines of a hosts file that list `name`: the first name on one of them if that is `name` and a domain, else `name`; undefined without such a line. */
function canonicalName(name: string, hosts: string): string | undefined {
  const lines = hosts.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1))
  const listing = lines.filter((names) => names.includes(name))
  if (listing.length === 0) return undefined
  return listing.map(([first]) => first).find((first) => first?.startsWith(`${name}.`)) ?? name
}

function textOf(hostsFile: string): string {
  try {
    return readFileSync(hostsFile, 'utf8')
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
