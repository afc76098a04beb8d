import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const REPOSITORY = resolve(import.meta.dirname, '..')

/** What is packaged, by the names that the packages give it. */
export type Release = {
  /** As package.json has it. */
  readonly version: string
  /** The same so that a pre-release sorts before its release, as dpkg and rpm compare versions. */
  readonly upstream: string
  /** Which making of the packages of that version it is: rises when only the packaging has changed. */
  readonly revision: number
  /** Seconds since 1970, the time that every file of a package has. */
  readonly epoch: number
}

/** The present release. Throws where nothing tells of which time it is. */
export function currentRelease(environment: NodeJS.ProcessEnv): Release {
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { readonly version: string }
  return releaseOf(version, epochOf(environment))
}

export function releaseOf(version: string, epoch: number): Release {
  return { version, upstream: version.replace('-', '~'), revision: 1, epoch }
}

export function debianVersion({ upstream, revision }: Release): string {
  return `${upstream}-${revision}`
}

function epochOf({ SOURCE_DATE_EPOCH: given }: NodeJS.ProcessEnv): number {
  if (given !== undefined && given !== '') {
    if (!/^\d{1,10}$/.test(given))
      throw new Error(`SOURCE_DATE_EPOCH: found ${JSON.stringify(given)}, expected seconds since 1970`)
    return Number(given)
  }
  try {
    const git = ['-C', REPOSITORY, 'log', '-1', '--format=%ct']
    return Number(execFileSync('git', git, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  } catch (cause) {
    throw new Error(
      'Outside a git clone the time that the packages bear must be given: SOURCE_DATE_EPOCH=$(date +%s)',
      { cause },
    )
  }
}
