import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { REPOSITORY } from '../../../packaging/release.ts'

/** What a person types, and what is to be printed then. */
export type Session = { readonly commands: string; readonly printed: RegExp }

/** The README's block under `<!-- session: NAME -->`. In what is printed, `…` at the end of a line stands for the rest of it. */
export function sessionNamed(name: string): Session {
  const text = readFileSync(join(REPOSITORY, 'README.md'), 'utf8')
  const [, block] = new RegExp(`<!-- session: ${name} -->\n\n\`\`\`console\n([^]*?)\n\`\`\`\n`).exec(text) ?? []
  if (block === undefined) throw new Error(`README.md: no block of a console under <!-- session: ${name} -->`)
  const lines = block.replaceAll('\\\n', '').split('\n')
  const commands = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2))
  const printed = lines.filter((line) => !line.startsWith('$ ')).map(patternOf)
  return { commands: commands.join('\n'), printed: new RegExp(`^${printed.join('\n')}$`) }
}

function patternOf(line: string): string {
  const whole = line.replace(/…$/, '').replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return line.endsWith('…') ? `${whole}[^\n]*` : whole
}
