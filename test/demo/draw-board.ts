import type { Board, ShownFiring } from './board.ts'

export type Screen = {
  readonly columns: number
  readonly rows: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A job of the demonstration; `action` is its word. */
export type ShownJob = { readonly name: string; readonly action: string }

const MINUTE_MS = 60_000

/** The picture: a table of jobs, the log below it, and what to type elsewhere. At most as many lines and columns as the screen has. */
export function drawBoard(board: Board, jobs: readonly ShownJob[], command: string, screen: Screen): readonly string[] {
  const head = [
    'rcron: five jobs, due at every minute, on the hosts 127.0.0.2 to .4; .1 is down',
    '',
    'job     action    minute  what became of it',
    ...jobs.map((job) => rowOf(job, board.firing(job.name))),
    '',
  ]
  const seconds = Math.ceil((MINUTE_MS - (screen.now % MINUTE_MS)) / 1000)
  const foot = [
    '',
    'In a second terminal:',
    `  ${command} cron list`,
    `  ${command} tick --dry-run`,
    `  ${command} cron disable watch`,
    `The next minute begins in ${seconds} s. Ctrl-C ends all of it and leaves nothing behind.`,
  ]
  const room = Math.max(0, screen.rows - head.length - foot.length)
  const log = room === 0 ? [] : board.lines.slice(-room)
  const blank = Array.from({ length: room - log.length }, () => '')
  return [...head, ...log, ...blank, ...foot].slice(0, screen.rows).map((line) => cut(line, screen.columns))
}

function rowOf({ name, action }: ShownJob, firing: ShownFiring | null): string {
  const minute = firing === null ? '' : firing.minute.slice(11, 16)
  return `${name.padEnd(7)} ${action.padEnd(9)} ${minute.padEnd(7)} ${firing === null ? 'not yet due' : became(action, firing)}`
}

function became(action: string, { minute, runs, killed }: ShownFiring): string {
  const shown = runs.map(({ host, state }) => `${host.replace(/^127\.0\.0|:\d+$/g, '')} ${state}`)
  const all = shown.join(action === 'all' ? ', ' : ' → ')
  return killed === null || killed === minute ? all : `${all}; the run of ${killed.slice(11, 16)} was killed`
}

function cut(line: string, columns: number): string {
  const characters = [...line]
  return characters.length <= columns ? line : `${characters.slice(0, columns - 1).join('')}…`
}
