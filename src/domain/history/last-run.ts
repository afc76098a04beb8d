/** By what the last of several runs is known; `minute` by any measure that grows. Times in epoch milliseconds. */
export type DatedRun = { readonly startedAt: number | null; readonly endedAt: number; readonly minute: number }

/** The run that was the last one to begin; where none began, the last one of all. Null if there are none. Pure. */
export function lastRunAmong<One extends DatedRun>(runs: readonly One[]): One | null {
  const [last = null] = runs.toSorted(lastFirst)
  return last
}

function lastFirst(a: DatedRun, b: DatedRun): number {
  return Number(b.startedAt !== null) - Number(a.startedAt !== null) || b.minute - a.minute || b.endedAt - a.endedAt
}
