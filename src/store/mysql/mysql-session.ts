/** The server, or something before it, does not let the session be set as it must be. */
export class SessionNotSet extends Error {
  override readonly name = 'SessionNotSet'
}

/**
 * Nothing is left to the server's defaults. Every statement is its own transaction unless one is begun; text is utf8mb4 both ways, whatever
 * the server makes of the handshake; times are exchanged in UTC; text is escaped with backslashes, which the mode must allow; no answer is cut
 * short, and no statement refused for what it may come to; waiting for a lock ends before our own deadline does. A limit of time stays: it is
 * somebody's wish, and is told by its name where it ends a statement.
 */
const SET: readonly string[] = [
  `set session autocommit = 1, time_zone = '+00:00', sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', sql_select_limit = 18446744073709551615, sql_big_selects = 1, sql_safe_updates = 0, sql_auto_is_null = 0, foreign_key_checks = 1, unique_checks = 1, lock_wait_timeout = 8, innodb_lock_wait_timeout = 8`,
  'set names utf8mb4 collate utf8mb4_unicode_ci',
  'set session transaction isolation level repeatable read, read write',
]

/** By the variable's name; MariaDB and MySQL call the isolation differently, and show what they have. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  autocommit: /^ON$/,
  character_set_client: /^utf8mb4$/,
  character_set_connection: /^utf8mb4$/,
  character_set_results: /^utf8mb4$/,
  time_zone: /^\+00:00$/,
  sql_mode: /^(?=.*STRICT_TRANS_TABLES)(?!.*(NO_BACKSLASH_ESCAPES|ANSI_QUOTES))/,
  transaction_isolation: /^REPEATABLE-READ$/,
  tx_isolation: /^REPEATABLE-READ$/,
}

const LOOK = `show session variables where variable_name in (${Object.keys(EXPECTED)
  .map((name) => `'${name}'`)
  .join(', ')})`

/** Sets a new connection's session and looks whether that holds. Rejects with a SessionNotSet, or with what `ask` rejects with. */
export async function setSession(ask: (sql: string) => Promise<unknown>): Promise<void> {
  for (const statement of SET) await ask(statement)
  const rows = (await ask(LOOK)) as readonly { readonly Variable_name: string; readonly Value: string }[]
  const wrong = rows.filter(({ Variable_name: name, Value: value }) => EXPECTED[name]?.test(value) === false)
  if (wrong.length === 0) return
  throw new SessionNotSet(`the session keeps ${wrong.map(({ Variable_name: name }) => name).join(', ')} as it was`)
}
