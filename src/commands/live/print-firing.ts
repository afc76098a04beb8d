import type { FiringAnswer, LiveRun } from '../../control/schemas.ts'
import type { Output } from '../cli/output.ts'

/** Says what has begun of a job, or what came of it at once. */
export function printStart(output: Output, answer: FiringAnswer): void {
  printBegun(output, answer)
  printOutcomes(output, answer)
}

/** As `printStart`, but for how its runs have ended. */
export function printBegun(output: Output, answer: FiringAnswer): void {
  const { job, isDisabled, active, state, outcomes } = answer
  if (isDisabled) output.note(`${job} is disabled: its schedule does not start it; it runs this once.`)
  for (const run of active) output.line(describeBegun(run))
  if (state === 'active' && active.length === 0) output.line(`${job} is about to begin`)
  if (state === 'ended' && outcomes.length === 0) output.note(`nothing of ${job} was started`)
}

function describeBegun({ job, host, run, state, reason }: LiveRun): string {
  const named = `${job}${host === null ? '' : ` on ${host}`} (run ${run})`
  if (state !== 'waiting') return `started ${named}`
  return `waits: ${named}${reason === null ? '' : `: ${reason}`}`
}

/** Says how each run of it has ended; nothing of one that is active still. */
export function printOutcomes(output: Output, { job, outcomes }: FiringAnswer): void {
  for (const { host, run, description } of outcomes) {
    output.line(`${job} on ${host}: ${description}${run === null ? '' : ` (run ${run})`}`)
  }
}
