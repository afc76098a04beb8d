import type { CronRow } from '../../../domain/rows.ts'
import { firstWord } from './first-word.ts'

/** A word with which commands of one login begin; null for all of which only the shell can tell it. */
export type CommandWord = { readonly word: string | null; readonly crons: readonly number[] }

/** The words of the crons of a system and an auth, by their ids. */
export type WordsOfLogin = (system: number, auth: number) => readonly CommandWord[]

/** Of all crons, enabled or not. Pure. */
export function commandWords(crons: readonly CronRow[]): WordsOfLogin {
  const byLogin = Map.groupBy(crons, ({ host, user }) => `${host} ${user}`)
  return (system, auth) => {
    const byWord = Map.groupBy(byLogin.get(`${system} ${auth}`) ?? [], ({ cron_path }) => firstWord(cron_path))
    return [...byWord.entries()].map(([word, rows]) => ({ word, crons: rows.map(({ id }) => id) }))
  }
}
