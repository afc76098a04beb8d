import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Ended, RcronCommand, type RunOptions } from './rcron-command.ts'
import type { Answered, Asked } from './resident-process.ts'

const PROGRAM = fileURLToPath(new URL('resident-process.ts', import.meta.url))

/**
 * The `rcron` command for tests of what it does, not of the process that it is: `run` lets a process that stays carry it out, which saves the
 * half second that each start takes. The log goes where the tests' own goes.
 */
export class ResidentRcron extends RcronCommand {
  readonly #answers = new Map<number, PromiseWithResolvers<Ended>>()
  #process: ChildProcess | null = null
  #asked = 0

  override async run(
    words: readonly string[],
    { input = '', env = {} }: Omit<RunOptions, 'node'> = {},
  ): Promise<Ended> {
    this.#process ??= this.#start()
    const answer = Promise.withResolvers<Ended>()
    const number = ++this.#asked
    this.#answers.set(number, answer)
    this.#process.send({ number, words, input, env } satisfies Asked)
    return await answer.promise
  }

  override [Symbol.dispose](): void {
    this.#process?.removeAllListeners('exit').disconnect()
    super[Symbol.dispose]()
  }

  #start(): ChildProcess {
    const child = fork(PROGRAM, { cwd: this.directory, env: this.environment })
    child.on('message', ({ number, ...ended }: Answered) => {
      this.#answers.get(number)?.resolve({ ...ended, signal: null })
      this.#answers.delete(number)
    })
    child.on('exit', (status, signal) => {
      for (const { reject } of this.#answers.values()) reject(new Error(`rcron ended with ${status ?? signal}`))
    })
    return child
  }
}
