/** What a thread is asked for; `file` names one of the files that it has open. */
export type ThreadQuestion =
  | {
      readonly id: number
      readonly file: number
      readonly kind: 'open'
      readonly path: string
      readonly timeout: number
    }
  | {
      readonly id: number
      readonly file: number
      readonly kind: 'ask'
      readonly sql: string
      readonly values: readonly unknown[]
    }
  | { readonly id: number; readonly file: number; readonly kind: 'close' }

/** What a statement gave. */
export type ThreadAnswer = {
  readonly rows: Record<string, unknown>[]
  readonly changes: bigint
  readonly lastId: bigint
}

/** How it answers: what the statement gave, or what is known of the error. */
export type ThreadReply = { readonly id: number } & (
  | { readonly answer: ThreadAnswer }
  | { readonly fault: { readonly message: string; readonly code: unknown; readonly errcode: unknown } }
)

/**
 * The whole program of the thread, which is handed to it as text: it is then of the same version as the process even after another one
 * has been installed. Uses nothing from outside of itself.
 */
export function threadProgram(): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const MOST_PREPARED = 64
  const files = new Map<number, Opened>()

  type Opened = {
    readonly database: InstanceType<typeof DatabaseSync>
    readonly prepared: Map<string, ReturnType<InstanceType<typeof DatabaseSync>['prepare']>>
  }
  const NOTHING = { rows: [], changes: 0n, lastId: 0n }

  function answerTo(question: ThreadQuestion): ThreadAnswer {
    if (question.kind === 'open') {
      const { path, timeout } = question
      const database = new DatabaseSync(path, { timeout, enableForeignKeyConstraints: true, readBigInts: true })
      files.set(question.file, { database, prepared: new Map() })
      return NOTHING
    }
    const opened = files.get(question.file)
    if (opened === undefined) throw new Error('the file has been closed')
    if (question.kind === 'ask') return carriedOut(opened, question.sql, question.values)
    files.delete(question.file)
    opened.database.close()
    return NOTHING
  }

  function carriedOut(opened: Opened, sql: string, values: readonly unknown[]): ThreadAnswer {
    const statement = preparedIn(opened, sql)
    const given = values as string[]
    if (statement.columns().length > 0) return { ...NOTHING, rows: statement.all(...given) }
    const { changes, lastInsertRowid } = statement.run(...given)
    return { rows: [], changes: BigInt(changes), lastId: BigInt(lastInsertRowid) }
  }

  function preparedIn({ database, prepared }: Opened, sql: string) {
    const statement = prepared.get(sql) ?? database.prepare(sql)
    prepared.delete(sql)
    prepared.set(sql, statement)
    const [oldest] = prepared.keys()
    if (prepared.size > MOST_PREPARED && oldest !== undefined) prepared.delete(oldest)
    return statement
  }

  parentPort?.on('message', (question: ThreadQuestion) => {
    const { id } = question
    try {
      parentPort.postMessage({ id, answer: answerTo(question) })
    } catch (error) {
      const { message, code, errcode } = error as { message: string; code?: unknown; errcode?: unknown }
      parentPort.postMessage({ id, fault: { message, code, errcode } })
    }
  })
}
