import { readFileSync } from 'node:fs'

/** The version of this installation, as its package.json states it: the one place where it stands. */
export function installedVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return String(version)
}
