import type { Command } from 'commander'
import { LIVE_MANUAL } from './manual-live.ts'
import { LOOK_MANUAL } from './manual-look.ts'
import type { ManualPage } from './manual-page.ts'
import { MANUAL } from './manual-pages.ts'
import { verbPage } from './manual-verbs.ts'

/** Gives `program` and all its commands their help, and each of their errors a way on. */
export function addManual(program: Command): void {
  addPages(program, [])
}

function addPages(command: Command, parents: readonly string[]): void {
  const path = [...parents, command.name()]
  const page = pageOf(path)
  const spoken = path.join(' ')
  if (page !== null) command.description(page.about).addHelpText('after', () => sectionsOf(page))
  command.showHelpAfterError(`"${spoken} --help" shows how.`)
  for (const below of command.commands) addPages(below, path)
}

/** What the help of a command says beside its options, by the words that call it; null where there is no such command. */
export function pageOf([program = '', ...words]: readonly string[]): ManualPage | null {
  const [noun, verb] = words
  if (noun === undefined) return MANUAL[program] ?? null
  return (verb === undefined ? (MANUAL[noun] ?? LIVE_MANUAL[noun] ?? LOOK_MANUAL[noun]) : verbPage(noun, verb)) ?? null
}

function sectionsOf({ examples, exits, notes }: ManualPage): string {
  const all = [...exits, [2, 'invalid input'] as const].toSorted(([one], [other]) => one - other)
  const statusWidth = Math.max(...all.map(([status]) => String(status).length))
  const beside = examples.filter(([line, meaning]) => meaning !== '' && line.length <= WIDEST_LEFT)
  const width = Math.max(0, ...beside.map(([line]) => line.length))
  const sections = [
    ...(notes === undefined ? [] : [notes]),
    ...(examples.length === 0 ? [] : [['Examples:', ...examples.map((it) => exampleLine(it, width))].join('\n')]),
    ['Exit status:', ...all.map(([status, meaning]) => `  ${String(status).padEnd(statusWidth)}  ${meaning}`)].join(
      '\n',
    ),
  ]
  return sections.map((section) => `\n${section}`).join('\n')
}

const WIDEST_LEFT = 46

/** What is done stands beside a short command line, and beneath a long one. */
function exampleLine([line, meaning]: readonly [string, string], width: number): string {
  if (meaning === '') return `  ${line}`
  if (line.length > WIDEST_LEFT) return `  ${line}\n      ${meaning}`
  return `  ${line.padEnd(width)}  ${meaning}`
}
