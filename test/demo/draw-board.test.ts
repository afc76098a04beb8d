import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { Board } from './board.ts'
import { drawBoard, type ShownJob } from './draw-board.ts'

const JOBS: readonly ShownJob[] = [
  { name: 'report', action: 'failover' },
  { name: 'dump', action: 'failover' },
  { name: 'index', action: 'shuffle' },
  { name: 'rotate', action: 'all' },
  { name: 'watch', action: 'clobber' },
]
const COMMAND = '/tmp/rcron-demo-abcdef/rcron'
const NOW = Date.UTC(2026, 10, 28, 12, 5, 1, 500)

/** A line of the daemon's log in JSON. */
function logged(msg: string, fields: Readonly<Record<string, unknown>>, time = '2026-11-28T12:05:00.361Z'): string {
  return JSON.stringify({ level: 'info', time, run: 'ab', user: 'demo', how: 'schedule', ...fields, msg })
}

const LOG: readonly string[] = [
  logged('run started', { job: 'watch', host: '127.0.0.4:22', minute: '2026-11-28T12:04Z' }),
  logged('run ended', {
    level: 'error',
    job: 'dump',
    host: '127.0.0.1:22',
    minute: '2026-11-28T12:05Z',
    outcome: 'unreachable',
    durationMs: null,
    reason: '127.0.0.1:9: connection refused: nothing listens on this port (ECONNREFUSED)',
  }),
  logged('run started', { job: 'rotate', host: '127.0.0.2:22', minute: '2026-11-28T12:05Z' }),
  logged('run started', { job: 'dump', host: '127.0.0.3:22', minute: '2026-11-28T12:05Z' }),
  logged('run ended', {
    job: 'dump',
    host: '127.0.0.3:22',
    minute: '2026-11-28T12:05Z',
    outcome: 'succeeded',
    exitCode: 0,
  }),
  logged('run ended', {
    job: 'index',
    host: '127.0.0.4:22',
    minute: '2026-11-28T12:05Z',
    outcome: 'failed',
    exitCode: 3,
  }),
  logged('run ended', { job: 'watch', host: '127.0.0.4:22', minute: '2026-11-28T12:04Z', outcome: 'killed' }),
  logged('run started', { job: 'watch', host: '127.0.0.4:22', minute: '2026-11-28T12:05Z' }),
  logged('run started', { job: 'rotate', host: '127.0.0.3:22', minute: '2026-11-28T12:05Z' }),
]

function boardOf(lines: readonly string[]): Board {
  const board = new Board()
  for (const line of lines) board.note(line)
  return board
}

test('the picture fits a screen of 80 columns and 24 rows: the jobs, the log, and what to type elsewhere', () => {
  const picture = drawBoard(boardOf(LOG), JOBS, COMMAND, { columns: 80, rows: 24, now: NOW })
  equal(
    picture.join('\n'),
    `rcron: five jobs, due at every minute, on the hosts 127.0.0.2 to .4; .1 is down

job     action    minute  what became of it
report  failover          not yet due
dump    failover  12:05   .1 unreachable → .3 succeeded
index   shuffle   12:05   .4 failed (3)
rotate  all       12:05   .2 running, .3 running
watch   clobber   12:05   .4 running; the run of 12:04 was killed

12:05:00 run started job=watch host=127.0.0.4:22
12:05:00 error: run ended job=dump host=127.0.0.1:22 outcome=unreachable reason…
12:05:00 run started job=rotate host=127.0.0.2:22
12:05:00 run started job=dump host=127.0.0.3:22
12:05:00 run ended job=dump host=127.0.0.3:22 outcome=succeeded exitCode=0
12:05:00 run ended job=index host=127.0.0.4:22 outcome=failed exitCode=3
12:05:00 run ended job=watch host=127.0.0.4:22 outcome=killed
12:05:00 run started job=watch host=127.0.0.4:22
12:05:00 run started job=rotate host=127.0.0.3:22

In a second terminal:
  /tmp/rcron-demo-abcdef/rcron cron list
  /tmp/rcron-demo-abcdef/rcron tick --dry-run
  /tmp/rcron-demo-abcdef/rcron cron disable watch
The next minute begins in 59 s. Ctrl-C ends all of it and leaves nothing behind.`,
  )
})

test('whatever comes, no picture is larger than its screen', () => {
  const noisy = boardOf([...LOG, 'no JSON at all', `{"time":1}`, ...Array.from({ length: 500 }, () => 'x'.repeat(300))])
  for (const [columns, rows] of [
    [60, 20],
    [80, 24],
    [200, 60],
    [20, 5],
  ] as const) {
    const picture = drawBoard(noisy, JOBS, COMMAND, { columns, rows, now: NOW })
    equal(picture.length, rows)
    deepEqual(
      picture.filter((line) => [...line].length > columns),
      [],
    )
  }
})
