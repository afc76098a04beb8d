import type { SnapshotSource } from '../definitions/snapshot-source.ts'

type DescribedSource = Pick<SnapshotSource, 'snapshot' | 'provenance' | 'storeFailing'> &
  Partial<Pick<SnapshotSource, 'isTooOld'>>

/** One line for `systemctl status`: what is loaded, how old it is, what is active. */
export function describeStatus(
  { snapshot, provenance, storeFailing, isTooOld }: DescribedSource,
  active: number,
): string {
  if (isTooOld && provenance !== null)
    return `nothing runs: the store is unavailable, and definitions as of ${new Date(provenance.readAt).toISOString()} are too old`
  if (snapshot === null || provenance === null) return 'no definitions yet: cannot read the store or a cache; retrying'
  const since = new Date(provenance.readAt).toISOString()
  const source = storeFailing
    ? `store unavailable, definitions from the ${provenance.from} as of ${since}`
    : `definitions as of ${since}`
  const errors = snapshot.problems.filter(({ severity }) => severity === 'error').length
  const wrong = errors === 0 ? '' : `, ${errors} with errors`
  return `${snapshot.enabled.length} of ${snapshot.crons.length} crons enabled${wrong}; ${active} runs active; ${source}`
}
