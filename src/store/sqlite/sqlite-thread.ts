import { Worker } from 'node:worker_threads'
import { type ThreadAnswer, type ThreadQuestion, type ThreadReply, threadProgram } from './thread-program.ts'

/** After so long without an open file it ends: it takes some megabytes. */
const IDLE_MS = 120_000
/** It keeps next to nothing itself; SQLite's own memory is not counted here. */
const HEAP_MB = 64

type Waiting = { readonly resolve: (answer: ThreadAnswer) => void; readonly reject: (error: Error) => void }
/** `Omit` of each kind of question. */
type Unnumbered<Question> = Question extends ThreadQuestion ? Omit<Question, 'id'> : never

/**
 * A thread in which SQLite works, so that a statement, a commit or a checkpoint that takes long holds nobody up. It begins when a file is
 * opened, and never keeps the process alive by itself.
 */
export class SqliteThread implements AsyncDisposable {
  #worker: Worker | null = null
  #lastNumber = 0
  #waiting = new Map<number, Waiting>()
  readonly #files = new Set<ThreadFile>()
  #idle: NodeJS.Timeout | null = null
  #isClosed = false
  readonly #program: string

  /** `program`: what the thread carries out, as text. */
  constructor(program = `(${threadProgram.toString()})()`) {
    this.#program = program
  }

  /** Rejects with the error of SQLite. `timeout`: how long a statement waits while another process writes, in milliseconds. */
  async open(path: string, timeout: number): Promise<ThreadFile> {
    if (this.#isClosed) throw new Error('the thread has been closed')
    if (this.#idle !== null) clearTimeout(this.#idle)
    const worker = this.#worker ?? this.#started()
    this.#worker = worker
    const number = ++this.#lastNumber
    const ask = (question: Unnumbered<ThreadQuestion>) => this.#ask(worker, question)
    const file: ThreadFile = new ThreadFile(number, ask, () => this.#closed(file))
    this.#files.add(file)
    try {
      await ask({ kind: 'open', file: number, path, timeout })
    } catch (error) {
      this.#closed(file)
      throw error
    }
    return file
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#end()
  }

  #ask(worker: Worker, question: Unnumbered<ThreadQuestion>): Promise<ThreadAnswer> {
    if (worker !== this.#worker) return Promise.reject(new Error('the thread of the database has ended'))
    const id = ++this.#lastNumber
    const { promise, resolve, reject } = Promise.withResolvers<ThreadAnswer>()
    this.#waiting.set(id, { resolve, reject })
    worker.ref()
    worker.postMessage({ ...question, id } satisfies ThreadQuestion)
    return promise
  }

  #started(): Worker {
    const worker = new Worker(this.#program, {
      eval: true,
      name: 'sqlite',
      // Nothing of the environment is its business.
      env: {},
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    })
    worker.unref()
    worker.on('message', (reply: ThreadReply) => this.#answered(worker, reply))
    worker.on('error', (error) => this.#gone(worker, error))
    worker.on('exit', () => this.#gone(worker, new Error('the thread of the database has ended')))
    return worker
  }

  #answered(worker: Worker, reply: ThreadReply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (this.#waiting.size === 0) worker.unref()
    if ('answer' in reply) waiting?.resolve(reply.answer)
    else waiting?.reject(Object.assign(new Error(reply.fault.message), reply.fault))
  }

  /** Nothing that it had open is to be trusted to go on in another one: half a transaction may be lost. */
  #gone(worker: Worker, error: unknown): void {
    if (worker !== this.#worker) return
    this.#worker = null
    const waiting = [...this.#waiting.values()]
    this.#waiting = new Map()
    for (const file of this.#files) file.lose()
    this.#files.clear()
    for (const { reject } of waiting) reject(error instanceof Error ? error : new Error(String(error)))
  }

  #closed(file: ThreadFile): void {
    this.#files.delete(file)
    if (this.#files.size > 0 || this.#worker === null || this.#isClosed) return
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      if (this.#files.size === 0) void this.#end()
    }, IDLE_MS).unref()
  }

  async #end(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle)
    const worker = this.#worker
    if (worker === null) return
    this.#gone(worker, new Error('the thread has been closed'))
    await worker.terminate()
  }
}

/** A file that is open in a thread. */
export class ThreadFile {
  readonly #number: number
  readonly #ask: (question: Unnumbered<ThreadQuestion>) => Promise<ThreadAnswer>
  readonly #tellClosed: () => void
  #isOpen = true

  constructor(
    number: number,
    ask: (question: Unnumbered<ThreadQuestion>) => Promise<ThreadAnswer>,
    tellClosed: () => void,
  ) {
    this.#number = number
    this.#ask = ask
    this.#tellClosed = tellClosed
  }

  /** False from its end, or its thread's, on. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Rejects with the error of SQLite, `errcode` and all; whole numbers come as bigint. */
  ask(sql: string, values: readonly unknown[] = []): Promise<ThreadAnswer> {
    return this.#ask({ kind: 'ask', file: this.#number, sql, values })
  }

  /** Never rejects; safe to call twice. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#ask({ kind: 'close', file: this.#number }).catch(() => undefined)
    this.#tellClosed()
  }

  /** Its thread has ended. */
  lose(): void {
    this.#isOpen = false
  }
}
