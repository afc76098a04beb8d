import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { OperatorError } from '../../src/domain/errors.ts'
import { aCronRow } from '../support/builders.ts'
import { until } from '../support/wait-until.ts'
import { aDaemon } from './a-daemon.ts'
import { definitionsOf } from './definitions.ts'

const statusless = (said: readonly string[]) => said.filter((text) => !text.startsWith('status'))

test('it is ready once definitions are there, plans its first minute at once, and stops when told', async () => {
  const { daemon, said, signals, minutes, settled, log } = await aDaemon()
  const ended = daemon.run()
  await settled()
  deepEqual(said, ['status: 1 of 1 crons enabled; 0 runs active; definitions as of 2026-03-01T12:00:00.000Z', 'ready'])
  deepEqual(minutes.fired(), ['job1 2026-03-01T12:00Z schedule'])
  signals.stop.abort()
  await ended
  deepEqual(statusless(said), ['ready', 'stopping'])
  deepEqual(log.of('info').slice(-2), ['rcron is stopping', 'rcron has stopped'])
})

test('no beat plans anything once it is told to stop', async () => {
  const { daemon, signals, minutes, settled, beat } = await aDaemon()
  const ended = daemon.run()
  await settled()
  minutes.clock.set('2026-03-01T12:01:00Z')
  signals.stop.abort()
  beat()
  await ended
  await settled()
  equal(minutes.fired().length, 1)
})

test('F11: nothing is planned until it is known that no other daemon has taken over, and nothing where one has', async () => {
  const asked: (() => void)[] = []
  const confirmed = () => new Promise<void>((resolve) => asked.push(resolve))
  const { daemon, store, signals, minutes, settled, executor, beat } = await aDaemon({ confirmed })
  store.definitions = definitionsOf([aCronRow({ id: 3, cron_min: '@reboot' }), aCronRow({ id: 4 })])
  const ended = daemon.run()
  await settled()
  deepEqual([minutes.fired(), executor.crons], [[], []])
  for (const answer of asked) answer()
  await settled()
  deepEqual([minutes.fired().length, executor.crons], [1, [3]])

  minutes.clock.set('2026-03-01T12:01:00Z')
  beat()
  await settled()
  signals.stop.abort()
  await ended
  equal(minutes.fired().length, 1)
})

test('B7: with neither store nor cache it is ready for systemctl, says what it lacks, and begins when the store answers', async () => {
  const { daemon, said, store, signals, minutes, settled, clock, beat } = await aDaemon()
  const { definitions } = store
  store.definitions = null
  const ended = daemon.run()
  await settled()
  deepEqual(said, ['status: no definitions yet: cannot read the store or a cache; retrying', 'ready'])
  store.definitions = definitions
  await clock.advance(1_000)
  match(said.at(-1) ?? '', /^status: 1 of 1 crons enabled/)
  beat()
  await settled()
  equal(minutes.fired().length, 1)
  signals.stop.abort()
  await ended
})

test('a stop does not wait for a store that says nothing', async () => {
  const { daemon, store, signals, settled, said } = await aDaemon()
  store.answer = () => new Promise(() => undefined)
  const ended = daemon.run()
  await settled()
  signals.stop.abort()
  await ended
  equal(said.at(-1), 'stopping')
})

test('@reboot crons run once after a boot, even where definitions come long after the start', async () => {
  const { daemon, store, signals, settled, clock, executor } = await aDaemon()
  store.definitions = null
  const ended = daemon.run()
  await settled()
  await clock.advance(1_000)
  deepEqual(executor.crons, [])
  store.definitions = definitionsOf([aCronRow({ id: 3, cron_min: '@reboot' }), aCronRow({ id: 4 })])
  await clock.advance(2_000)
  deepEqual(executor.crons, [3])
  for (let refresh = 0; refresh < 3; refresh++) await clock.advance(300_000)
  deepEqual(executor.crons, [3])
  signals.stop.abort()
  await ended
})

test('reloads follow one another, and those that are asked for meanwhile are one', async () => {
  let [under, most, reloads] = [0, 0, 0]
  const held: (() => void)[] = []
  const { daemon, signals, settled, said } = await aDaemon({
    reloadSettings: async () => {
      reloads += 1
      under += 1
      most = Math.max(most, under)
      await new Promise<void>((resume) => held.push(resume))
      under -= 1
      return []
    },
  })
  const ended = daemon.run()
  await settled()
  for (let asked = 0; asked < 6; asked++) {
    signals.reload()
    await settled()
  }
  for (let turn = 0; turn < 4; turn++) {
    held.shift()?.()
    await settled()
  }
  deepEqual([most, reloads], [1, 2])
  deepEqual(statusless(said), ['ready', 'reloading', 'ready', 'reloading', 'ready'])
  signals.stop.abort()
  await ended
})

test('D4: settings that cannot be used are one error; definitions are read anew all the same', async () => {
  const { daemon, signals, settled, log, store } = await aDaemon({
    reloadSettings: async () => {
      throw new OperatorError('RCRON_TIMEZONE: found "Mars", expected an IANA name', null)
    },
  })
  const ended = daemon.run()
  await settled()
  store.definitions = definitionsOf([aCronRow(), aCronRow({ id: 2 })])
  signals.reload()
  await settled()
  deepEqual(log.of('error'), ['cannot use the new settings; keeping the old ones'])
  ok(log.of('info').includes('definitions changed'))
  signals.stop.abort()
  await ended
})

test('a reload that is asked for while the daemon starts is done after its start', async () => {
  const { daemon, signals, settled, said, store } = await aDaemon()
  const held = Promise.withResolvers<void>()
  store.answer = () => held.promise
  const ended = daemon.run()
  await settled()
  signals.reload()
  await settled()
  deepEqual(said, [])
  held.resolve()
  await settled()
  deepEqual(statusless(said), ['ready', 'reloading', 'ready'])
  equal(store.reads, 2)
  signals.stop.abort()
  await ended
})

test('it gives signs of life at the pace that is asked for, while it starts and while it drains too', async () => {
  const { daemon, signals, said, store } = await aDaemon({}, 5)
  const signs = () => said.filter((text) => text === 'watchdog').length
  const more = async (what: string) => {
    const before = signs()
    await until(`a sign of life ${what}`, () => signs() > before)
  }
  const held = Promise.withResolvers<void>()
  store.answer = () => held.promise
  const ended = daemon.run()
  await more('while the store is waited for')
  held.resolve()
  await more('while it runs')
  signals.stop.abort()
  await ended
  const last = signs()
  equal(said.at(-1), 'stopping')
  await new Promise((next) => setImmediate(next))
  equal(signs(), last)
})
