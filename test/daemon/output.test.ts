import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { constants, existsSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until, waitUntil } from '../support/wait-until.ts'
import { aFakeClock, aLab } from './lab.ts'

const MINUTE_MS = 60_000
const MOST_STALL_MS = 50
const CRONS = 40
/** After so many it is full, and each minute drops lines. */
const FEWEST_MINUTES = 3
const MOST_MINUTES = 12

test('D5: an output that nobody reads: minutes fire, the event loop is not held, and what was dropped is told', async (t) => {
  const crons = Array.from({ length: CRONS }, (_, index) => ({
    cron_name: `noisy${index}`,
    cron_path: `head -c 3000 /dev/zero | tr '\\0' '\\033'; echo ran >> "$HOME/runs"; exit 1`,
    action: 2,
  }))
  const lab = await aLab(t, crons)
  const fifo = join(lab.state, 'stdout')
  execFileSync('mkfifo', [fifo])
  const stdout = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)
  const stallFile = join(lab.state, 'stall')
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({
    stdout,
    environment: {
      ...clock.environment,
      RCRON_TEST_STALL_FILE: stallFile,
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'event-loop-delay.ts')}`,
    },
  })
  const ran = (times: number) => until(`${times} runs`, () => lab.read('runs').length === 4 * times, 20_000)
  const longestStall = async () => {
    rmSync(stallFile, { force: true })
    daemon.signal('SIGUSR2')
    return await waitUntil('the stall is told', async () =>
      existsSync(stallFile) ? Number(readFileSync(stallFile, 'utf8')) || null : null,
    )
  }
  await ran(CRONS)
  await longestStall() // What loading the code took.
  // Far more than fits: each of these minutes logs some 480 KB, a pipe holds 64, and 1 MB is kept in memory.
  const stalls: number[] = []
  for (let minute = 1; minute <= FEWEST_MINUTES || (stalls.at(-1) ?? 0) >= MOST_STALL_MS; minute++) {
    // A machine that is busy with others holds some minutes up; an output that blocks would hold up each of them.
    ok(minute <= MOST_MINUTES, `the event loop stalled in every minute, for ${stalls.join(', ')} ms`)
    // A lock is kept for a few seconds where nobody reads what was said of its run; the next minute would be skipped beside it.
    await until(
      'the locks have gone',
      () => !readdirSync(join(lab.state, 'locks')).some((name) => name.endsWith('.rcron')),
      30_000,
    )
    clock.move(MINUTE_MS)
    await ran(CRONS * (minute + 1))
    stalls.push(await longestStall())
  }

  const read = Buffer.alloc(1 << 20)
  let text = ''
  await waitUntil('what was dropped is told', async () => {
    try {
      text += read.toString('utf8', 0, readSync(stdout, read))
    } catch {
      // Nothing there now.
    }
    return text.includes('log lines dropped') ? true : null
  })
  equal(await daemon.stop(), 0)
})

test('D6: whatever a host prints becomes one escaped line, at the priority of the event', async (t) => {
  const lab = await aLab(t, [
    { cron_name: 'evil', cron_path: `printf '<0>evil\\n\\033[31mred\\r\\n<0>\\377\\376\\302\\205again'; exit 3` },
    { cron_name: 'endless', cron_path: `printf '<0>'; head -c 1000000 /dev/zero | tr '\\0' 'A'; exit 4` },
  ])
  const daemon = lab.start({ environment: { RCRON_LOG_FORMAT: 'journal' } })
  const lineOf = (job: string) =>
    waitUntil(
      `the end of ${job}`,
      async () =>
        daemon.output.split('\n').find((line) => line.includes('run ended') && line.includes(`job=${job} `)) ?? null,
    )
  const [evil, endless] = [await lineOf('evil'), await lineOf('endless')]
  equal(await daemon.stop(), 0)

  match(evil, /^<4>run ended .*exitCode=3/)
  ok(evil.includes('<0>evil\\n\\x1b[31mred\\r\\n<0>\u{fffd}\u{fffd}\\x85again'), evil)
  match(endless, /^<4>run ended .*exitCode=4.*stdoutBytes=1000003/)
  ok(Buffer.byteLength(endless) < 48 * 1024, 'the journal breaks longer lines')
  const lines = daemon.output.split('\n').filter((line) => line !== '')
  deepEqual(
    lines.filter((line) => !/^<[3-7]>[a-z]/.test(line)),
    [],
    'every line has its priority, and none that a host chose',
  )
  deepEqual(
    lines.filter((line) => /\p{Cc}/u.test(line)),
    [],
  )
})

test('a firing is one line, and of errors there is one for each that went wrong', async (t) => {
  const lab = await aLab(t, [
    { cron_name: 'well', cron_path: 'true' },
    { cron_name: 'ill', cron_path: 'echo no room >&2; exit 3' },
  ])
  const daemon = lab.start({ environment: { RCRON_LOG_RUNS: 'firings' } })
  const well = await daemon.ended('well', 'succeeded')
  const ill = await daemon.ended('ill', 'failed')
  equal(await daemon.stop(), 0)
  match(well.msg, /^job well succeeded on \S+ in \d+ m?s$/)
  match(ill.msg, /^job ill failed on \S+$/)
  deepEqual([ill.level, ill['code'], ill['output']], ['error', 'FAILED', 'no room\n'])
  const ofRuns = daemon.events.filter(({ job }) => typeof job === 'string')
  deepEqual(
    ofRuns.filter(({ msg }) => !msg.startsWith('job ')),
    [],
  )
  for (const { msg, level } of daemon.events) if (level === 'error') match(msg, /^job ill failed/)
})
