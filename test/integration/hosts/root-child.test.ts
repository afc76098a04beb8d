import { deepEqual, equal, match } from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { runIdOf } from '../../../src/dispatch/run-id.ts'
import type { Cron } from '../../../src/domain/cron.ts'
import { addMinutes } from '../../../src/domain/minute.ts'
import { aCron, anAuth, aSystem, minute } from '../../support/builders.ts'
import { killIfThere, processIds, readOfProcess } from '../../support/processes.ts'
import { startSshd } from '../../support/sshd.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { aDispatcher } from '../supervision/a-dispatcher.ts'
import { commandProcessesOf, SupervisedLab } from '../supervision/supervised-lab.ts'
import { createThrowAwayUser } from './throw-away-user.ts'

const NOON = minute('2026-03-01T12:00:00Z')

/** A host whose user is no root, and can become it for one command, as by sudo: all ids change, the session stays. */
async function aHost(t: TestContext) {
  const user = createThrowAwayUser()
  t.after(() => user.remove())
  const sshd = await startSshd({
    config: [`AuthorizedKeysFile ${user.home}/.ssh/authorized_keys`],
    environment: { HOME: user.home },
  })
  t.after(() => sshd.stop())
  user.admit(sshd.clientKey.publicKey)
  const sudo = join(user.home, 'sudo')
  copyFileSync('/usr/bin/setpriv', sudo)
  chmodSync(sudo, 0o4755)
  const access = {
    system: aSystem({ host: '127.0.0.1', port: sshd.port, local_port: sshd.port }),
    auth: anAuth({ user: user.name, password: sshd.clientKey.contents }),
  }
  return { home: user.home, asRoot: `${sudo} --reuid=0 --regid=0 --clear-groups`, access }
}

/** The root process that the run's command has become or started; by its arguments, because its environment is its own. */
async function rootProcess(mark: string): Promise<number> {
  return await waitUntil('the root process is up', async () => {
    return processIds().find((pid) => readOfProcess(pid, 'cmdline') === `sleep\0${mark}\0`) ?? null
  })
}

const commands = [
  ['it is the command itself', (asRoot: string, mark: string) => `exec ${asRoot} sleep ${mark}`],
  ['what started it dies', (asRoot: string, mark: string) => `sleep 300 & ${asRoot} sleep ${mark}; :`],
] as const
describe('E8: a root child of sudo', { concurrency: true }, () => {
  for (const [index, [name, commandOf]] of commands.entries()) {
    test(`${name}: the next run is blocked, minute after minute, until it is gone`, async (t) => {
      const { home, asRoot, access } = await aHost(t)
      await using lab = new SupervisedLab()
      const installation = randomBytes(16).toString('hex')
      const dispatcher = aDispatcher(t, lab, installation)
      const mark = `300.${process.pid}${index}`
      const base: Partial<Cron> = { ...access, action: 'clobber', killGraceMs: 300, name: 'clobbered' }
      const fire = (offset: number, command: string) => {
        const cron = aCron({ ...base, command })
        const job = { name: cron.name, action: cron.action }
        return dispatcher.fire({ job, minute: addMinutes(NOON, offset), crons: [cron] }, 'schedule').result
      }

      const first = fire(0, commandOf(asRoot, mark))
      const root = await rootProcess(mark)
      t.after(() => killIfThere(root))
      for (const offset of [1, 2]) {
        const { outcomes } = await fire(offset, 'touch "$HOME/ran"')
        const [outcome] = outcomes.map((each) => each.outcome)
        equal(outcome?.kind, 'blocked')
        match(outcome?.kind === 'blocked' ? outcome.reason : '', new RegExp(`still alive after KILL: pids ${root}\\b`))
        equal(existsSync(join(home, 'ran')), false)
      }
      deepEqual(commandProcessesOf(runIdOf({ series: installation, cronId: 1, minute: NOON, attempt: 1 })), [root])

      process.kill(root, 'SIGKILL')
      deepEqual(
        (await fire(3, 'touch "$HOME/ran"')).outcomes.map(({ outcome }) => outcome),
        [{ kind: 'succeeded' }],
      )
      equal(existsSync(join(home, 'ran')), true)
      deepEqual(
        (await first).outcomes.map(({ outcome }) => outcome),
        [{ kind: 'killed', by: 'clobber' }],
      )
    })
  }
})
