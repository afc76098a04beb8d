import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { manualPages } from '../../packaging/manual/manual-pages.ts'
import { releaseOf } from '../../packaging/release.ts'
import { ControlFault } from '../../src/control/faults.ts'
import type { FiringAnswer } from '../../src/control/schemas.ts'
import { ControlServer } from '../../src/control/server/control-server.ts'
import type { SqlStore } from '../../src/store/sql/sql-store.ts'
import { aControlled, FIRING } from '../control/a-controlled.ts'
import { answering } from '../support/answering.ts'
import { RecordingLog } from '../support/builders.ts'
import { DaemonProcess } from '../support/daemon.ts'
import { aFiringRow, aRunRow } from '../support/history-rows.ts'
import { type Ended, RcronCommand } from '../support/rcron-command.ts'
import { makeKey } from '../support/sshd.ts'
import { examplesOn } from './page-examples.ts'

const PAGES = await manualPages(releaseOf('2.0.0', 1_700_000_000))
const EXAMPLES = examplesOn(PAGES['rcron.1'] ?? '')

/** What needs systemd: a container has it (test/systemd/rows/manual.ts). */
const OF_SYSTEMD = /^(?:systemctl|journalctl) /

/** What contacts hosts, which are not there: the answer is that, and no mistake of the command line. */
const TO_HOSTS = /^rcron (?:test\b|system replace\b|tick --at \S+(?: dump)?$)/

/** What a daemon is asked. */
const TO_DAEMON = /^rcron (?:status|ps|hosts|run|kill|resume|resolve|reload|logs -f)\b/

test('rcron(1) has examples of every command', () => {
  const commands = EXAMPLES.flatMap((line) => /\brcron (?:(?:auth|system|cron) )?[a-z]+/.exec(line) ?? [])
  for (const verb of [
    'init',
    'daemon',
    'tick',
    'status',
    'ps',
    'hosts',
    'run',
    'kill',
    'pause',
    'resume',
    'resolve',
    'reload',
    'test',
    'check',
    'next',
    'settings',
  ])
    ok(commands.includes(`rcron ${verb}`), verb)
  ok(commands.includes('rcron system replace'))
  for (const noun of ['auth', 'system', 'cron'])
    for (const verb of ['add', 'edit', 'list', 'remove', 'show'])
      ok(commands.includes(`rcron ${noun} ${verb}`), `${noun} ${verb}`)
})

test('what needs systemd is executed where there is one', () => {
  deepEqual(
    EXAMPLES.filter((line) => OF_SYSTEMD.test(line)),
    ['systemctl enable --now rcron'],
  )
})

for (const line of EXAMPLES.filter((it) => !OF_SYSTEMD.test(it))) {
  test(`the example of rcron(1) works: ${line}`, async (t) => {
    const rcron = await installationFor(line, t)
    if (line === 'rcron daemon') return await runDaemon(rcron, t)
    if (TO_DAEMON.test(line)) await standInForDaemon(rcron, t)
    const { status, stdout, stderr } = await carryOut(rcron, line)
    equal(status, TO_HOSTS.test(line) ? (line.startsWith('rcron test') ? 10 : 1) : 0, stdout + stderr)
    if (TO_HOSTS.test(line)) match(stdout, /db1\.example\.com/)
  })
}

/** All that the examples speak of, but what they add themselves. */
async function installationFor(line: string, t: TestContext): Promise<RcronCommand> {
  const rcron = new RcronCommand()
  t.after(() => rcron[Symbol.dispose]())
  mkdirSync(join(rcron.directory, '.ssh'), { mode: 0o700 })
  for (const name of ['id_ed25519', 'rcron']) makeKey(join(rcron.directory, '.ssh', name))
  const { contents } = makeKey(join(rcron.directory, 'key'))
  await rcron.prepare(async (editor, store) => {
    await store.writeHistory({ firings: [aFiringRow()], runs: [aRunRow()] })
    if (!line.includes('system add')) await addSystems(editor)
    if (!line.includes('auth add')) await addAuths(editor, contents)
    if (!/(?:system|auth) (?:add|remove)/.test(line)) await addCrons(editor)
  })
  return rcron
}

async function addSystems({ systems }: SqlStore['editor']): Promise<void> {
  for (const host of ['db1.example.com', 'db1', 'db2', 'db3']) await systems.add({ host })
}

async function addAuths({ auths }: SqlStore['editor'], password: string): Promise<void> {
  for (const user of ['backup', 'root', 'web', 'www']) await auths.add({ user, password })
}

async function addCrons({ crons }: SqlStore['editor']): Promise<void> {
  const daily = { cron_min: '30', cron_hour: '2', host: 1, user: 1, enabled: 1, action: 0 } as const
  await crons.add({ ...daily, cron_name: 'dump', cron_path: 'dump' })
  for (let id = 2; id <= 7; id += 1) await crons.add({ ...daily, cron_name: `job ${id}`, cron_path: 'true' })
}

/** As a shell reads it, or a crontab, whose lines begin with five fields; on a terminal where it asks something. */
function carryOut(rcron: RcronCommand, line: string): Promise<Ended> {
  const kills = /^rcron kill \S+$/.test(line)
  if (kills) return rcron.inTerminal(answering('Kill this run?', 'y'), wordsOf(line))
  const asks = /-ask$|^rcron auth add --user backup$/.test(line)
  const command = line.replace(/^(?:\S+ ){5}(?=rcron)/, '')
  return asks
    ? rcron.inTerminal(answering('not shown', 'hunter2\\r'), wordsOf(command))
    : rcron.inShell(`pass() { echo hunter2; }; ${command}`)
}

function wordsOf(line: string): readonly string[] {
  return line.split(' ').slice(1)
}

/** Where a daemon of the installation would listen. */
async function standInForDaemon({ stateDirectory: directory }: RcronCommand, t: TestContext): Promise<void> {
  const ended: FiringAnswer = { ...FIRING, state: 'ended', active: [], hasSucceeded: true }
  const { runs } = aControlled().controlled
  let asked = 0
  const { controlled } = aControlled({
    firing: async () => ended,
    runs: (of) => {
      asked += 1
      // What is followed has ended when it is asked for again.
      if (asked > 1) throw new ControlFault('NOT_ACTIVE', 'no run of it is active')
      return runs(of)
    },
  })
  const server = await ControlServer.open({
    controlled,
    log: new RecordingLog(),
    directory,
    viewers: null,
    audit: () => {},
  })
  t.after(() => server[Symbol.asyncDispose]())
}

async function runDaemon(rcron: RcronCommand, t: TestContext): Promise<void> {
  const daemon = new DaemonProcess({
    environment: { RCRON_STATE_DIR: rcron.stateDirectory, HOME: rcron.directory, TZ: 'UTC' },
  })
  t.after(() => daemon.end())
  await daemon.said('definitions read')
  equal(await daemon.stop(), 0)
}
