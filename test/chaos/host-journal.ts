import { existsSync, readFileSync } from 'node:fs'
import type { RunId } from '../../src/domain/run.ts'

/** What the hosts saw of one run. Times in epoch milliseconds, to the microsecond. */
export type HostRun = {
  readonly id: RunId
  readonly job: string
  readonly starts: readonly number[]
  readonly ends: readonly { readonly at: number; readonly status: number }[]
  /** The last sign of life of the command itself. */
  readonly lastSign: number
  /** The last sign of life of any of its processes, those included that left its session. */
  readonly lastSignOfAny: number
}

type Growing = {
  -readonly [Key in keyof HostRun]: HostRun[Key] extends readonly (infer Item)[] ? Item[] : HostRun[Key]
}

/** Reads what `command.sh` has written; throws at a line that it cannot have. */
export function readHostJournal(path: string): ReadonlyMap<RunId, HostRun> {
  const runs = new Map<RunId, Growing>()
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  for (const line of text.split('\n')) if (line !== '') note(runs, line)
  return runs
}

function note(runs: Map<RunId, Growing>, line: string): void {
  const [, word, id, seconds, rest = ''] = LINE.exec(line) ?? []
  if (word === undefined || id === undefined) throw new Error(`hosts' journal: torn line ${JSON.stringify(line)}`)
  const at = Number(seconds) * 1000
  const run = runs.get(id) ?? { id, job: '', starts: [], ends: [], lastSign: 0, lastSignOfAny: 0 }
  runs.set(id, run)
  run.lastSignOfAny = Math.max(run.lastSignOfAny, at)
  if (word !== 'child') run.lastSign = Math.max(run.lastSign, at)
  if (word === 'start') {
    run.starts.push(at)
    run.job = rest
  }
  if (word === 'end') run.ends.push({ at, status: Number(rest) })
}

const LINE = /^(start|beat|child|end) ([0-9a-f]{32}) ([0-9]+\.[0-9]{6}) ?(.*)$/
