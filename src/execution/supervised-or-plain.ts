import type { Executor } from './executor.ts'

/** The executors between which each run's system decides. */
export type SupervisedOrPlainParts = { readonly supervised: Executor; readonly plain: Executor }

/**
 * Supervises every run but those of systems with `supervise = 0`. Only a supervised run has a trace: a run that has one is
 * supervised to its end, whatever its system says by now.
 */
export function supervisedOrPlain({ supervised, plain }: SupervisedOrPlainParts): Executor {
  return {
    start: (run, watch, keeping) => (run.cron.system.supervise === 0 ? plain : supervised).start(run, watch, keeping),
    adopt: (adopted, watch) => {
      const isPlain = adopted.trace === null && adopted.access()?.system.supervise === 0
      return (isPlain ? plain : supervised).adopt(adopted, watch)
    },
  }
}
