import type { RunId } from '../../src/domain/run.ts'
import { killAll, processesThat, processIds, readOfProcess } from '../support/processes.ts'

/** Living processes of commands, by the run that they carry in their environment. */
export function commandProcesses(): ReadonlyMap<RunId, readonly number[]> {
  const found = processIds().flatMap((pid) => {
    const [, run] = /RCRON_RUN=([0-9a-f]{32})/.exec(readOfProcess(pid, 'environ')) ?? []
    return run === undefined ? [] : [{ run, pid }]
  })
  const byRun = new Map<RunId, number[]>()
  for (const { run, pid } of found) byRun.set(run, [...(byRun.get(run) ?? []), pid])
  return byRun
}

/** Kills whatever belongs to one of `runs`: commands, what watches over them, probes and kills. */
export async function killLeftovers(runs: ReadonlySet<RunId>): Promise<void> {
  await killAll(() => processesThat((text) => text.match(/[0-9a-f]{32}/g)?.some((id) => runs.has(id)) === true))
}
