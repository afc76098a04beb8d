import { setTimeout as pause } from 'node:timers/promises'
import { type Sshd, startSshd } from '../support/sshd.ts'
import { type Direction, startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

/** What strikes a connection at the very moment at which a command, or an answer to one, goes over it. */
export type Ambush = {
  readonly direction: Direction
  /** Smaller chunks are let pass. */
  readonly leastBytes: number
  /** 0: the chunk itself is struck. */
  readonly delayMs: number
  readonly strike: () => void
}

/** An OpenSSH server behind a network that can fail. */
export class ChaosHost {
  readonly sshd: Sshd
  readonly #proxy: TcpProxy
  readonly #ambush: { waiting: Ambush | null }
  #changing: Promise<void> = Promise.resolve()
  #isUp = true

  static async start(): Promise<ChaosHost> {
    const sshd = await startSshd({ config: ['MaxStartups 100:30:200'] })
    const ambush: { waiting: Ambush | null } = { waiting: null }
    const watch = (direction: Direction, chunk: Buffer) => spring(ambush, direction, chunk)
    return new ChaosHost(sshd, await startTcpProxy({ port: sshd.port, watch }), ambush)
  }

  private constructor(sshd: Sshd, proxy: TcpProxy, ambush: { waiting: Ambush | null }) {
    this.sshd = sshd
    this.#proxy = proxy
    this.#ambush = ambush
  }

  get port(): number {
    return this.#proxy.port
  }

  get isUp(): boolean {
    return this.#isUp
  }

  get connections(): number {
    return this.#proxy.open
  }

  cut(): void {
    this.#proxy.cut()
  }

  freeze(...directions: readonly Direction[]): void {
    this.#proxy.freeze(...directions)
  }

  silence(): void {
    this.#proxy.silence()
  }

  /** Everything moves again, and nothing lies in wait. */
  thaw(): void {
    this.#ambush.waiting = null
    this.#proxy.thaw()
  }

  /** Takes the place of an ambush that lies in wait already. */
  lieInWait(ambush: Ambush): void {
    this.#ambush.waiting = ambush
  }

  /** The server and all its sessions die. */
  async kill(): Promise<void> {
    this.#isUp = false
    this.#changing = this.#changing.then(() => this.sshd.kill())
    await this.#changing
  }

  async restart(): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      await this.sshd.restart()
      this.#isUp = true
    })
    await this.#changing
  }

  async stop(): Promise<void> {
    await this.#changing
    await this.#proxy.close()
    await this.sshd.stop()
  }
}

function spring(ambush: { waiting: Ambush | null }, direction: Direction, chunk: Buffer): void {
  const { waiting } = ambush
  if (waiting === null || waiting.direction !== direction || chunk.length < waiting.leastBytes) return
  ambush.waiting = null
  if (waiting.delayMs === 0) waiting.strike()
  else void pause(waiting.delayMs).then(waiting.strike)
}
