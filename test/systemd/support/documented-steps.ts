import { readFileSync } from 'node:fs'

/**
 * The commands that a page gives under the comment `<!-- steps: NAME -->`: the code block that follows it, as it is.
 * The tests carry out these and no others, so the page cannot tell what does not work.
 */
export function documentedSteps(page: string, name: string): string {
  const text = readFileSync(page, 'utf8')
  const [, block] = new RegExp(`<!-- steps: ${name} -->\n\n\`\`\`(?:sh|sql)\n([^]*?)\n\`\`\`\n`).exec(text) ?? []
  if (block === undefined) throw new Error(`${page}: no code block of commands under <!-- steps: ${name} -->`)
  return block
}
