import type { Problem } from '../../domain/problem.ts'
import { describeUnseen } from '../../schedule/unseen.ts'
import { nameSkeleton } from './name-skeleton.ts'

const SHOWN = 5

/**
 * A warning for names that look alike and are not the same, so that their crons are several jobs where one seems to be meant. Yields every
 * `stepRows` names.
 */
export function* lookAlikeSteps(
  crons: readonly { readonly name: string }[],
  stepRows: number,
): Generator<void, readonly Problem[]> {
  const names = new Set<string>()
  const alike = new Map<string, string[]>()
  for (const [index, { name }] of crons.entries()) {
    if (index % stepRows === stepRows - 1) yield
    if (names.has(name)) continue
    names.add(name)
    const skeleton = nameSkeleton(name)
    const group = alike.get(skeleton)
    if (group === undefined) alike.set(skeleton, [name])
    else group.push(name)
  }
  return [...alike.values()].flatMap((group) => (group.length > 1 ? [describe(group)] : []))
}

function describe(names: readonly string[]): Problem {
  const [first = '', ...others] = names
  const listed = others.slice(0, SHOWN).map((name) => `${JSON.stringify(name)} (${differenceOf(first, name)})`)
  const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : ''
  return {
    severity: 'warning',
    about: { kind: 'job', name: first },
    field: 'cron_name',
    message: `looks like ${listed.join(', ')}${more}but is a different job: each of them runs separately`,
    hint: 'give them the same name, or clearly different names',
  }
}

function differenceOf(first: string, other: string): string {
  const unseen = describeUnseen(other) ?? describeUnseen(first)
  if (unseen !== null) return `by ${unseen}`
  if (first.replace(/\s+/g, '') === other.replace(/\s+/g, '')) return 'by its spaces'
  if (first.normalize('NFKC').toLowerCase() === other.normalize('NFKC').toLowerCase()) return 'by upper and lower case'
  const signs = [...new Set(other)].filter((sign) => !first.includes(sign) && /[^\x20-\x7e]/.test(sign))
  return signs.length === 0 ? 'by its letters' : `by ${signs.map(numberOf).join(', ')}`
}

function numberOf(sign: string): string {
  return `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
