import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { aStateDirectory, rcron } from '../support/daemon.ts'
import { aLab } from './lab.ts'

const NODE_OPTIONS = `--import=${join(import.meta.dirname, 'first-second-child.ts')}`

/** Why a process cannot begin, and how it exits then. */
const faults = {
  'settings that cannot be used': {
    environment: { RCRON_TIMEZONE: 'Mars/Olympus', RCRON_CATCH_UP_MINUTES: '-1' },
    code: 2,
    says: /RCRON_TIMEZONE.*RCRON_CATCH_UP_MINUTES/s,
  },
  'a lock directory that is none': { environment: { RCRON_LOCK_DIR: 'in-the-way' }, code: 1, says: /in-the-way/ },
} as const

const formats = {
  json: (line: string) => {
    const { level, err } = JSON.parse(line)
    return { level, err }
  },
  journal: (line: string) => ({ level: line.startsWith('<3>') ? 'error' : line.slice(0, 3), err: line }),
} as const

for (const [why, { environment, code, says }] of Object.entries(faults)) {
  for (const [format, read] of Object.entries(formats)) {
    test(`${why}: a daemon and a tick say so as ${format}, in their last line`, async (t) => {
      const state = aState(t)
      const given = { ...environment, RCRON_STATE_DIR: state, HOME: state, RCRON_LOG_FORMAT: format }
      const daemon = await rcron(['daemon'], given)
      const tick = await rcron(['tick'], given)
      deepEqual([daemon.code, daemon.stderr, tick.code, tick.stdout], [code, '', code, ''])
      for (const said of [daemon.stdout, tick.stderr]) {
        const { level, err } = read(said.trimEnd().split('\n').at(-1) ?? '')
        equal(level, 'error')
        match(err, says)
      }
    })
  }
}

test('where the log is text, it is told on standard error, for people', async (t) => {
  const state = aState(t)
  const given = { ...faults['settings that cannot be used'].environment, RCRON_STATE_DIR: state, HOME: state }
  const { code, stdout, stderr } = await rcron(['daemon'], given)
  deepEqual([code, stdout], [2, ''])
  match(stderr, /^rcron: RCRON_/)
})

test('an exception that nobody catches is told in the format of the log', async (t) => {
  const lab = await aLab(t, [])
  const daemon = lab.start({ environment: { NODE_OPTIONS } })
  await daemon.tells(/READY=1/)
  daemon.signal('SIGUSR2')
  equal(await daemon.exit(), 1)
  const last = daemon.events.at(-1)
  deepEqual([last?.level, last?.msg], ['error', 'bug in rcron: uncaught exception, exiting'])
  match(String(last?.['err']), /^Error: nobody catches this\n/)
  ok(daemon.output.split('\n').every((line) => line === '' || line.startsWith('{')))
})

test('SIGHUP while it still loads does not end it: it reloads when it has begun', async (t) => {
  const lab = await aLab(t, [])
  const daemon = lab.start({ environment: { NODE_OPTIONS, TEST_EARLY_SIGNAL: 'SIGHUP' } })
  await daemon.said('reloading settings and definitions')
  equal(await daemon.stop(), 0)
})

test('SIGTERM while it still loads is obeyed with a word', async (t) => {
  const lab = await aLab(t, [{ cron_name: 'job', cron_path: 'echo ran >> "$HOME/runs"' }])
  const daemon = lab.start({ environment: { NODE_OPTIONS, TEST_EARLY_SIGNAL: 'SIGTERM' } })
  equal(await daemon.exit(), 0)
  equal(daemon.events.at(-1)?.msg, 'rcron has stopped')
  equal(lab.read('runs'), '')
})

/** A state directory with a file in it where the lock directory should be. */
function aState(t: TestContext): string {
  const state = aStateDirectory((clean) => t.after(clean))
  writeFileSync(join(state, 'in-the-way'), '')
  return state
}
