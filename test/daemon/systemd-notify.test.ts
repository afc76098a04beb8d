import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readSystemdEnvironment } from '../../src/daemon/systemd-environment.ts'
import { SystemdNotifier } from '../../src/daemon/systemd-notify.ts'
import type { Log } from '../../src/platform/log/log.ts'

const root = mkdtempSync(join(tmpdir(), 'rcron-notify-'))
after(() => rmSync(root, { recursive: true }))
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

for (const mode of ['descriptor', 'program'] as const) {
  test(`through the ${mode}: ready, status, watchdog, reloading, stopping`, async () => {
    const socket = join(root, mode)
    const notifySocket = mode === 'descriptor' ? '/run/systemd/notify' : socket
    const command = [process.execPath, path('./notify-child.ts')]
    const receiver = spawn('python3', [path('../platform/notify-receiver.py'), socket, mode, ...command], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NOTIFY_SOCKET: notifySocket },
    })
    const closed = once(receiver, 'close')
    const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]()
    const next = async () => JSON.parse((await lines.next()).value ?? '{}')
    const { child } = await next()
    const first = await next()
    equal(first.data.trim(), 'READY=1')
    const second = await next()
    equal(second.data.trim(), 'STATUS=12 crons\\nREADY=0\nWATCHDOG=1')
    process.kill(child, 'SIGUSR2')
    const third = await next()
    match(third.data, /^RELOADING=1\nMONOTONIC_USEC=\d+/)
    const micros = Number(/USEC=(\d+)/.exec(third.data)?.[1])
    ok(Math.abs(micros - Number(process.hrtime.bigint() / 1_000n)) < 10_000_000)
    process.kill(child, 'SIGUSR2')
    const fourth = await next()
    equal(fourth.data.trim(), 'STOPPING=1')
    const senders = [first, second, third, fourth].map(({ pid }) => pid)
    if (mode === 'descriptor') deepEqual(senders, [child, child, child, child])
    else ok(senders.every((pid) => pid > 0))
    const [code] = await closed
    equal(code, 0)
  })
}

test('a socket that is not there is said once and stops nothing', async () => {
  const said: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const ignore = () => undefined
  const log: Log = {
    debug: ignore,
    info: ignore,
    error: ignore,
    alarm: ignore,
    written: async () => undefined,
    warn: (_fields, message) => said.push(message) && resolve(),
  }
  const notifier = new SystemdNotifier(readSystemdEnvironment({ NOTIFY_SOCKET: join(root, 'none') }, 1), log)
  for (let i = 0; i < 100; i += 1) notifier.watchdog()
  await promise
  deepEqual(said, ['cannot notify systemd'])
})

const ENVIRONMENTS = [
  [{}, { notifySocket: null, notifyDescriptor: null, watchdogIntervalMs: null }, 'outside of systemd there is nothing'],
  [
    { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '30000000' },
    { notifySocket: '/x', notifyDescriptor: null, watchdogIntervalMs: 15_000 },
    'half of what the watchdog allows',
  ],
  [
    { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' },
    { notifySocket: '/x', notifyDescriptor: null, watchdogIntervalMs: null },
    "another process's watchdog",
  ],
  [
    { NOTIFY_SOCKET: '/run/systemd/notify', LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: 'other:notify' },
    { notifySocket: '/run/systemd/notify', notifyDescriptor: 4, watchdogIntervalMs: null },
    'the descriptor by its name',
  ],
  [
    { NOTIFY_SOCKET: '/run/systemd/notify', LISTEN_PID: '8', LISTEN_FDS: '1', LISTEN_FDNAMES: 'notify' },
    { notifySocket: '/run/systemd/notify', notifyDescriptor: null, watchdogIntervalMs: null },
    "another process's descriptors",
  ],
  [
    { NOTIFY_SOCKET: '/run/user/1/systemd/notify', LISTEN_PID: '7', LISTEN_FDS: '1', LISTEN_FDNAMES: 'notify' },
    { notifySocket: '/run/user/1/systemd/notify', notifyDescriptor: null, watchdogIntervalMs: null },
    "a user's own systemd is not at the end of the descriptor",
  ],
] as const

for (const [environment, expected, sentence] of ENVIRONMENTS) {
  test(sentence, () => deepEqual(readSystemdEnvironment(environment, 7), expected))
}
