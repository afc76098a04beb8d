/** An assignment before the command, whose value needs nothing of the shell. */
const ASSIGNMENT = /^(?<name>[A-Za-z_]\w*)=(?:[^\s'"`$\\;&|()<>]|'[^']*'|"[^"`$\\]*")*\s+/

/** What stands for itself in every shell; of what a shell expands only the home. */
const WORD = /^(?:~\/)?[\w./+@:,-]+(?=[\s;&|<>)]|$)/

/**
 * The word of a command that its shell looks for, first of all; null where only the shell can tell: quotes, variables, a PATH of its own. Between
 * spaces it stands for itself in every shell. Pure.
 */
export function firstWord(command: string): string | null {
  let rest = command.trimStart()
  for (let found = ASSIGNMENT.exec(rest); found !== null; found = ASSIGNMENT.exec(rest)) {
    if (found.groups?.['name'] === 'PATH') return null
    rest = rest.slice(found[0].length)
  }
  const [word = null] = WORD.exec(rest) ?? []
  return word === null || word.startsWith('-') ? null : word
}
