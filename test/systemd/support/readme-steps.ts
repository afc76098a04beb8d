import { readFileSync } from 'node:fs'

/**
 * The commands that the README gives under the comment `<!-- steps: NAME -->`: the code block that follows it, as it is.
 * The tests carry out these and no others, so the README cannot tell what does not work.
 */
export function readmeSteps(readme: URL | string, name: string): string {
  const marker = `<!-- steps: ${name} -->\n\n\`\`\`sh\n`
  const text = readFileSync(readme, 'utf8')
  const start = text.indexOf(marker)
  const end = text.indexOf('\n```\n', start)
  if (start < 0 || end < 0) throw new Error(`${readme}: no code block of shell commands under <!-- steps: ${name} -->`)
  return text.slice(start + marker.length, end)
}
