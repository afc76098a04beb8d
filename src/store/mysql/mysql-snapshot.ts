import type { Ask, RawRow } from '../sql/ask.ts'
import type { TimedConnection } from './mysql-timed-connection.ts'

/** Lends `connection` in a transaction that only reads: all questions see the same state. Rejects with what `use` or the driver rejects with. */
export async function inSnapshot<Result>(
  connection: TimedConnection,
  use: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  await connection.ask('set transaction isolation level repeatable read, read only')
  await connection.ask('begin')
  try {
    // Whatever reads has rows for its answer: the connection sees to that.
    const result = await use(async (statement, parameters) => (await connection.ask(statement, parameters)) as RawRow[])
    await connection.ask('commit')
    return result
  } catch (error) {
    await connection.ask('rollback').catch(() => connection.destroy())
    throw error
  }
}
