import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { encodeCommand } from '../../../src/execution/remote/verbs.ts'
import { CollectedRuns } from '../../../src/execution/supervision/collected-runs.ts'
import { ProbeBatcher } from '../../../src/execution/supervision/probe-batcher.ts'
import { EncodedCommands } from '../../../src/execution/supervision/session-run-hosts.ts'
import type { SessionAnswer, SessionRequest } from '../../../src/hosts/sessions.ts'
import type { CommandEnd } from '../../../src/hosts/transport.ts'
import { aLogin } from '../../support/fake-transport.ts'
import { HandClock } from '../../support/hand-clock.ts'

const idOf = (number: number) => number.toString(16).padStart(32, '0')

/** Answers every run that is asked about as running, but for those whose id ends in f. */
class AnsweringSessions {
  readonly commands: string[] = []
  most = 0
  #underWay = 0
  readonly #clock: HandClock

  constructor(clock: HandClock) {
    this.#clock = clock
  }

  async exec({ command, onOutput }: SessionRequest): Promise<SessionAnswer> {
    this.commands.push(String(command))
    this.#underWay += 1
    this.most = Math.max(this.most, this.#underWay)
    const asked = String(command).match(/[0-9a-f]{32}(?=,)/g) ?? []
    const { promise: ended, resolve } = Promise.withResolvers<CommandEnd>()
    void this.#clock.sleep(1_000).then(() => {
      for (const id of asked) if (!id.endsWith('f')) onOutput('stdout', Buffer.from(`RCRONP ${id} state=gone\n`))
      this.#underWay -= 1
      resolve({ kind: 'exited', code: 0 })
    })
    return { kind: 'running', command: { ended, signal: () => {}, close: () => {} }, answeredAfterMs: 0 }
  }
}

function aDesk() {
  const clock = new HandClock(0)
  const sessions = new AnsweringSessions(clock)
  const desk = new ProbeBatcher({ sessions, clock, deadlineMs: 30_000, takeForgotten: () => [] })
  return { clock, sessions, desk }
}

async function all<Reply>(clock: HandClock, replies: readonly Promise<Reply>[]): Promise<readonly Reply[]> {
  let over = false
  const answered = Promise.all(replies).finally(() => {
    over = true
  })
  while (!over) await clock.advance(250)
  return await answered
}

const patient = { plant: true, isPatient: true }

test('a thousand runs of one login are asked about in 63 commands, four at once', async () => {
  const { clock, sessions, desk } = aDesk()
  const asked = Array.from({ length: 1_000 }, (_, n) => desk.ask(aLogin(), { id: idOf(n * 16), trace: null }, patient))
  const replies = await all(clock, asked)
  ok(replies.every(({ kind }) => kind === 'gone'))
  deepEqual([sessions.commands.length, sessions.most], [63, 4])
})

test('what is asked of other logins, or with another effect, is asked apart', async () => {
  const { clock, sessions, desk } = aDesk()
  await all(clock, [
    desk.ask(aLogin('a'), { id: idOf(16), trace: null }, patient),
    desk.ask(aLogin('b'), { id: idOf(32), trace: null }, patient),
    desk.ask(aLogin('a', 'db2'), { id: idOf(48), trace: null }, patient),
    desk.ask(aLogin('a'), { id: idOf(64), trace: null }, { ...patient, plant: false }),
    desk.ask(aLogin('a'), { id: idOf(80), trace: null }, patient),
  ])
  equal(sessions.commands.length, 4)
})

test('a run that the host left out of its answer was not answered', async () => {
  const { clock, desk } = aDesk()
  const [left, told] = await all(clock, [
    desk.ask(aLogin(), { id: idOf(15), trace: null }, patient),
    desk.ask(aLogin(), { id: idOf(16), trace: null }, patient),
  ])
  equal(left?.kind, 'unreadable')
  equal(told?.kind, 'gone')
})

test('a command that is kept is what the verb makes of it', () => {
  const commands = new EncodedCommands()
  const command = 'echo "it\'s" ü'
  deepEqual(commands.encode(command), encodeCommand(command))
  equal(commands.encode(command), commands.encode(command))
})

test('collected runs are told to their own login, once, the oldest first, when they have been recorded for sure', () => {
  const collected = new CollectedRuns()
  collected.add('a', 'one', 0)
  collected.add('a', 'two', 1)
  collected.add('a', 'three', 29_000)
  collected.add('b', 'other', 0)
  deepEqual(collected.take('a', 32, 29_999), [])
  deepEqual(collected.take('a', 1, 30_500), ['one'])
  deepEqual(collected.take('a', 32, 30_500), ['two'])
  deepEqual(collected.take('a', 32, 60_000), ['three'])
  deepEqual(collected.take('a', 32, 60_000), [])
})
