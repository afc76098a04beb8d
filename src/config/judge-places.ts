import { InvalidInputError } from '../domain/errors.ts'
import { errorAbout, type Problem } from '../domain/problem.ts'
import {
  type Distrust,
  describeDistrust,
  distrustOf,
  distrustOfDirectory,
  distrustOfWay,
  isTrustedOwner,
  othersMayWrite,
  statOf,
  userNameOf,
} from '../platform/files/path-trust.ts'
import type { Config } from './config.ts'

type Place = { readonly use: string; readonly path: string; readonly distrust: Distrust | null }

/** Throws an InvalidInputError that names every place of rcron's own files that somebody else has a hand in. */
export function refuseForeignPlaces(config: Config): void {
  const problems = judgePlaces(config)
  if (problems.length > 0) throw new InvalidInputError(problems)
}

/**
 * An error for each place of rcron's own files where anyone but root and this user decides what is there: the state, the cache and its
 * key, known_hosts, the SQLite file, and of the way to the directory of secrets; parents and links included. Each fault is reported once, however many places it lies above.
 */
function judgePlaces(config: Config): readonly Problem[] {
  const told = new Set<string>()
  const faults = placesOf(config).flatMap(({ use, path, distrust }) => {
    if (distrust === null || told.has(distrust.path)) return []
    told.add(distrust.path)
    return [problemOf(use, path, distrust)]
  })
  return [...faults, ...judgeKeyFile(config)]
}

function placesOf({ stateDirectory, cache, knownHostsFile, secretsDirectory, database }: Config): readonly Place[] {
  const file = (use: string, path: string): Place => ({ use, path, distrust: distrustOf(path) })
  return [
    { use: 'state directory', path: stateDirectory, distrust: distrustOfDirectory(stateDirectory) },
    file('cache', cache.file),
    file('cache key', cache.keyFile),
    file('known_hosts', knownHostsFile),
    { use: 'secrets directory', path: secretsDirectory, distrust: distrustOfWay(secretsDirectory) },
    ...(database.kind === 'sqlite' ? [file('SQLite file', database.path)] : []),
  ]
}

function problemOf(use: string, path: string, distrust: Distrust): Problem {
  const where = distrust.path === path ? 'it' : `${distrust.path}, on the way to it,`
  return errorAbout(
    { kind: 'place', use, path },
    `${where} ${describeDistrust(distrust)}, expected that only root and user id ${process.getuid?.()} can change it`,
    distrust.why === 'owner' ? hintOfOwner(use, path, distrust.owner) : (HINTS[use] ?? null),
  )
}

const OTHER_PLACE = 'choose a place where nobody else can write, or remove their write permission'

const HINTS: Readonly<Record<string, string>> = {
  'state directory': `${OTHER_PLACE}: RCRON_STATE_DIR`,
  cache: `${OTHER_PLACE}: RCRON_CACHE_FILE`,
  'cache key': `${OTHER_PLACE}: RCRON_STATE_DIR`,
  'secrets directory': `${OTHER_PLACE}: RCRON_SECRETS_DIR`,
  known_hosts: `${OTHER_PLACE}: RCRON_KNOWN_HOSTS_FILE`,
  'SQLite file': `${OTHER_PLACE}: RCRON_DATABASE_URL`,
}

/** Root can be whoever it is that the files belong to; nobody else can. */
function hintOfOwner(use: string, path: string, owner: number): string | null {
  if (process.getuid?.() !== 0) return HINTS[use] ?? null
  const name = userNameOf(owner)
  const as = name === undefined ? `setpriv --reuid=${owner} --clear-groups` : `runuser -u ${name} --`
  const state = use === 'state directory' ? `env RCRON_STATE_DIR=${path} ` : ''
  return `its owner could not read what root leaves there; run this as that user: ${as} ${state}rcron …`
}

/** Whoever reads it opens every sealed secret. */
function judgeKeyFile({ cache: { key, keyFile } }: Config): readonly Problem[] {
  const found = statOf(keyFile)
  if (key !== null || found === null || !found.isFile() || !isTrustedOwner(found.uid)) return []
  const isReadable = (found.mode & 0o004) !== 0 || ((found.mode & 0o040) !== 0 && othersMayWrite(asWritable(found)))
  if (!isReadable) return []
  const message = `others can read it (mode ${(found.mode & 0o777).toString(8)}), expected 600`
  return [errorAbout({ kind: 'place', use: 'cache key', path: keyFile }, message, `run chmod 600 ${keyFile}`)]
}

/** The judgement of a group that may read is that of one that may write. */
function asWritable({ gid }: { readonly gid: number }) {
  return { mode: 0o020, gid }
}
