import { readFileSync } from 'node:fs'
import type { Direction } from '../support/tcp-proxy.ts'
import type { ChaosDaemon } from './chaos-daemon.ts'
import type { ChaosDisk } from './chaos-disk.ts'
import type { ChaosHost } from './chaos-host.ts'
import type { ChaosTicks } from './chaos-ticks.ts'
import type { Healing } from './healing.ts'
import { JOBS } from './jobs.ts'
import type { Random } from './random.ts'

/** What faults can strike. */
export type Scene = {
  readonly random: Random
  readonly host: ChaosHost
  readonly daemon: ChaosDaemon
  readonly ticks: ChaosTicks
  readonly disk: ChaosDisk
  readonly healing: Healing
  /** How long a fault that lasts may last at most, but for the rare one that outlasts every timer. Milliseconds. */
  readonly longestMs: number
  /** To be called whenever a fault strikes: at once, when what lies in wait springs, or never where there is nothing to strike. */
  readonly struck: () => void
}

export type Fault = {
  readonly kind: string
  readonly weight: number
  /** Strikes, or lies in wait. */
  readonly strike: (scene: Scene) => void
}

/** What befalls one daemon and its hosts. */
export const ONE_DAEMON_FAULTS: readonly Fault[] = [
  { kind: 'connections cut', weight: 12, strike: cut },
  { kind: 'cut as a command passes', weight: 12, strike: cutAtCommand },
  { kind: 'cut as an answer passes', weight: 12, strike: cutAtAnswer },
  { kind: 'frozen', weight: 8, strike: (scene) => lasting(scene, () => scene.host.freeze()) },
  { kind: 'frozen one way', weight: 8, strike: freezeOneWay },
  { kind: 'frozen, then cut', weight: 6, strike: freezeThenCut },
  { kind: 'frozen as a command passes', weight: 6, strike: freezeAtCommand },
  { kind: 'silent to new connections', weight: 6, strike: (scene) => lasting(scene, () => scene.host.silence()) },
  { kind: 'sshd killed', weight: 6, strike: killServer },
  { kind: 'sshd session killed', weight: 10, strike: killSession },
  { kind: 'sshd session stopped', weight: 8, strike: stopSession },
  { kind: 'daemon killed', weight: 6, strike: killDaemon },
  { kind: 'daemon told to stop', weight: 4, strike: stopDaemon },
  { kind: 'daemon told to reload', weight: 4, strike: reloadDaemon },
  { kind: 'daemon stalled', weight: 4, strike: stallDaemon },
]

/** And what comes of further processes beside it, and of a sick disk under them all. */
export const FAULTS: readonly Fault[] = [
  ...ONE_DAEMON_FAULTS,
  { kind: 'tick by hand', weight: 8, strike: tickByHand },
  { kind: 'tick in place of the daemon', weight: 5, strike: tickInstead },
  { kind: 'locks read-only', weight: 4, strike: (scene) => sick(scene, () => scene.disk.cover('locks')) },
  { kind: 'disk full', weight: 4, strike: (scene) => sick(scene, () => scene.disk.fill()) },
  { kind: 'state read-only', weight: 2, strike: (scene) => sick(scene, () => scene.disk.cover('')) },
]

/** A START or a PROBE is several thousand bytes. */
const COMMAND_BYTES = 1500

function cut({ host, struck }: Scene): void {
  if (host.connections > 0) struck()
  host.cut()
}

function cutAtCommand(scene: Scene): void {
  const { host, random } = scene
  const delayMs = random.chance(0.3) ? 0 : random.between(1, 40)
  host.lieInWait({ direction: 'to-server', leastBytes: COMMAND_BYTES, delayMs, strike: () => cut(scene) })
}

/** The first answer after the next command. */
function cutAtAnswer(scene: Scene): void {
  const { host, random } = scene
  const delayMs = random.chance(0.5) ? 0 : random.between(1, 20)
  const atAnswer = { direction: 'to-client', leastBytes: 1, delayMs, strike: () => cut(scene) } as const
  const strike = () => host.lieInWait(atAnswer)
  host.lieInWait({ direction: 'to-server', leastBytes: COMMAND_BYTES, delayMs: 0, strike })
}

function lasting({ host, healing, random, longestMs, struck }: Scene, begin: () => void): void {
  begin()
  struck()
  healing.after(durationOf(random, longestMs), () => host.thaw())
}

/** Mostly short. One of forty outlasts the timers of a START and of keepalives, where there is time for it. */
function durationOf(random: Random, longestMs: number): number {
  if (random.chance(1 / 40)) return Math.min(75_000, longestMs * 10)
  return random.between(50, random.chance(0.5) ? longestMs / 6 : longestMs)
}

function freezeOneWay(scene: Scene): void {
  const direction = scene.random.pick<Direction>(['to-server', 'to-client']) ?? 'to-server'
  lasting(scene, () => scene.host.freeze(direction))
}

/** What was on its way is lost, long after it was sent. */
function freezeThenCut({ host, healing, random, longestMs, struck }: Scene): void {
  host.freeze()
  struck()
  healing.after(durationOf(random, longestMs), () => {
    host.cut()
    host.thaw()
  })
}

function freezeAtCommand(scene: Scene): void {
  const { host, random } = scene
  const strike = () => {
    const direction = random.pick<Direction>(['to-server', 'to-client']) ?? 'to-client'
    lasting(scene, () => host.freeze(direction))
  }
  host.lieInWait({ direction: 'to-server', leastBytes: COMMAND_BYTES, delayMs: random.between(1, 20), strike })
}

function killServer({ host, healing, random, longestMs, struck }: Scene): void {
  if (!host.isUp) return
  void host.kill()
  struck()
  healing.after(random.between(0, longestMs), () => host.restart())
}

function killSession({ host, random, struck }: Scene): void {
  const pid = random.pick(host.sshd.sessions())
  if (pid !== null && signal(pid, 'SIGKILL')) struck()
}

/** Of the two processes of a session, the one that passes bytes on. */
function stopSession({ host, random, healing, longestMs, struck }: Scene): void {
  const monitor = random.pick(host.sshd.sessions())
  if (monitor === null) return
  const pid = servantOf(monitor) ?? monitor
  if (!signal(pid, 'SIGSTOP')) return
  struck()
  healing.after(durationOf(random, longestMs), () => void signal(pid, 'SIGCONT'))
}

function killDaemon({ daemon, healing, random, longestMs, struck }: Scene): void {
  if (!daemon.isUp) return
  const killed = daemon.kill()
  struck()
  healing.after(random.between(0, longestMs), async () => {
    await killed
    startAgain(daemon)
  })
}

function stopDaemon({ daemon, healing, random, longestMs, struck }: Scene): void {
  if (!daemon.isUp) return
  const stopped = daemon.stop(random.chance(0.3))
  struck()
  healing.after(random.between(0, longestMs), async () => {
    await stopped
    startAgain(daemon)
  })
}

function startAgain(daemon: ChaosDaemon): void {
  if (daemon.current === null) daemon.start()
}

function reloadDaemon({ daemon, struck }: Scene): void {
  // Until it listens, the signal ends it, as it ends any process.
  if (!daemon.isUp || daemon.current?.logged('rcron is starting').length !== 1) return
  daemon.current.signal('SIGHUP')
  struck()
}

function stallDaemon({ daemon, healing, random, longestMs, struck }: Scene): void {
  const { current } = daemon
  if (current === null || !daemon.isUp) return
  current.signal('SIGSTOP')
  struck()
  healing.after(random.between(50, longestMs), () => current.signal('SIGCONT'))
}

/** Beside the daemon, or beside nothing; one of three is killed in the middle of it. */
function tickByHand({ ticks, healing, random, longestMs, struck }: Scene): void {
  const tick = ticks.fire(random.pick(JOBS)?.name ?? '')
  struck()
  if (random.chance(1 / 3)) healing.after(random.between(300, longestMs), () => tick.kill())
}

/** The daemon dies, and for a while ticks do its work, two at a time now and then. */
function tickInstead({ daemon, ticks, healing, random, longestMs, struck }: Scene): void {
  if (!daemon.isUp) return
  const killed = daemon.kill()
  struck()
  const isKilled = random.chance(1 / 3)
  const count = random.chance(0.4) ? 2 : 1
  healing.after(0, async () => {
    await killed
    for (let turn = 0; turn < count; turn++) {
      const tick = ticks.plan()
      if (isKilled) healing.after(random.between(500, longestMs), () => tick.kill())
    }
  })
  healing.after(random.between(1_500, 2 * longestMs), async () => {
    await killed
    startAgain(daemon)
  })
}

function sick({ healing, random, longestMs, struck }: Scene, begin: () => () => void): void {
  const mend = begin()
  struck()
  healing.after(random.between(200, longestMs), mend)
}

function servantOf(monitor: number): number | null {
  try {
    const [first = ''] = readFileSync(`/proc/${monitor}/task/${monitor}/children`, 'utf8').split(' ')
    return /^\d+ \(sshd/.test(readFileSync(`/proc/${first}/stat`, 'utf8')) ? Number(first) : null
  } catch {
    return null // It has ended, or serves alone.
  }
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false // It has ended.
  }
}
