import { groupIdOf } from '../../platform/files/path-trust.ts'

const NAME = 'rcron-view'

/** The group of those who may look, where this process may give files to it; null elsewhere. */
export function groupOfViewers(): number | null {
  const id = groupIdOf(NAME)
  const isOurs = process.getuid?.() === 0 || (process.getgroups?.() ?? []).includes(id ?? -1)
  return isOurs ? id : null
}
