import { eventually } from './eventually.ts'
import { type JournalEntry, parseJournal } from './journal.ts'
import type { Finished, Machine } from './machine.ts'

const UNIT = 'rcron.service'

/**
 * An older systemd on a newer kernel now and then fails to make a control group right after it has removed it, before anything of
 * the service has run. The unit's Restart= sees to it.
 */
const NO_CONTROL_GROUP = '219'

/** The same as systemd 257 tells it: nothing of the service has run, and systemd leaves it to whoever asked. */
const NO_RESOURCES = 'resources'
const NO_EXECUTOR = 'Failed to spawn executor'

const RELOAD_MS = 60_000

/** A point in the journal; what came before it is not looked at. */
export type Since = { readonly cursor: string }

/** rcron as it is installed on a machine, seen and driven the way its operator does: systemctl, journalctl, and `rcron`. */
export class Service {
  readonly machine: Machine

  constructor(machine: Machine) {
    this.machine = machine
  }

  /**
   * `systemctl VERB rcron`; rejects with the end of the journal when systemd says that it failed. A reload resolves when the daemon is
   * done with it: systemctl itself is as soon as the signal is sent.
   */
  async systemctl(verb: string): Promise<void> {
    const since = verb === 'reload' ? await this.now() : null
    const { status } = await this.machine.attempt(`systemctl ${verb} ${UNIT}`)
    if (status === 0) {
      if (since !== null) await this.#reloaded(since)
      return
    }
    if ((await this.property('ExecMainStatus')) === NO_CONTROL_GROUP) {
      await eventually('systemd has tried again', async () => (await this.property('ActiveState')) === 'active', 20_000)
      return
    }
    const journal = await this.lastLines()
    if (verb === 'start' && (await this.property('Result')) === NO_RESOURCES && journal.includes(NO_EXECUTOR)) {
      await this.machine.run(`systemctl reset-failed ${UNIT} && systemctl start ${UNIT}`)
      return
    }
    throw new Error(`systemctl ${verb} ended with ${status}:\n${journal}`)
  }

  async #reloaded(since: Since): Promise<void> {
    await this.said(/^reloading settings and definitions/, since, RELOAD_MS)
    const isActive = async () => (await this.property('ActiveState')) === 'active'
    await eventually('systemd is told that the reload is done', isActive, RELOAD_MS)
  }

  /** Runs the installed command by root's shell: `arguments` is what a person would type after `rcron`. */
  rcron(typed: string, input = ''): Promise<string> {
    return this.machine.run(`rcron ${typed}`, input)
  }

  attemptRcron(typed: string): Promise<Finished> {
    return this.machine.attempt(`rcron ${typed}`)
  }

  /** A property of the unit, as `systemctl show` has it. */
  property(name: string): Promise<string> {
    return this.machine.run(`systemctl show --value --property=${name} ${UNIT}`)
  }

  /** The daemon's process id; rejects while there is none. */
  async mainPid(): Promise<number> {
    const pid = Number(await this.property('MainPID'))
    if (pid === 0) throw new Error(`${UNIT} has no main process`)
    return pid
  }

  async now(): Promise<Since> {
    const last = await this.machine.run(`journalctl --lines=0 --show-cursor --quiet`)
    return { cursor: last.replace('-- cursor: ', '') }
  }

  /** The end of its journal, for errors. */
  async lastLines(): Promise<string> {
    return await this.machine.run('journalctl --unit=rcron --lines=20 --no-pager')
  }

  /** What the unit wrote, and systemd about it, after `since`. */
  async journal(since: Since): Promise<JournalEntry[]> {
    return parseJournal(
      await this.machine.run(`journalctl --unit=rcron --output=json --after-cursor='${since.cursor}'`),
    )
  }

  /** Waits for a line that matches, and resolves to it. */
  async said(pattern: RegExp, since: Since, deadlineMs = 10_000): Promise<JournalEntry> {
    let seen: JournalEntry[] = []
    try {
      return await eventually(
        `the journal has ${pattern}`,
        async () => {
          seen = await this.journal(since)
          return seen.find(({ message }) => pattern.test(message))
        },
        deadlineMs,
      )
    } catch (cause) {
      throw new Error(`${(cause as Error).message}; it has:\n${seen.map(({ message }) => message).join('\n')}`, {
        cause,
      })
    }
  }

  /** Waits until systemd has brought up a main process other than `pid`, and says that the unit is active. */
  restartedFrom(pid: number, deadlineMs: number): Promise<number> {
    return eventually(
      `systemd has restarted rcron (main process ${pid})`,
      async () => {
        const now = Number(await this.property('MainPID'))
        return (await this.property('ActiveState')) === 'active' && now !== 0 && now !== pid && now
      },
      deadlineMs,
    )
  }
}
