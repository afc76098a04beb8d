import type { Executor, RunWatch } from './executor.ts'
import type { LiveOutputs } from './output/live-outputs.ts'

/** Lets `outputs` hear what the runs print that are started here. */
export function heardExecutor(executor: Executor, outputs: Pick<LiveOutputs, 'opened' | 'ended'>): Executor {
  return {
    start: (run, watch, keeping) => {
      const running = executor.start(
        run,
        hearing(watch, (output) => outputs.opened(run.id, output)),
        keeping,
      )
      const end = () => outputs.ended(run.id)
      running.result.then(end, end)
      return running
    },
    adopt: (adopted, watch) => executor.adopt(adopted, watch),
  }
}

function hearing(watch: RunWatch, prints: NonNullable<RunWatch['prints']>): RunWatch {
  return {
    started: (trace) => watch.started(trace),
    unknown: (reason) => watch.unknown(reason),
    found: () => watch.found(),
    prints,
  }
}
