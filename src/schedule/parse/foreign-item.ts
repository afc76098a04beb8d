import { type Field, readValue } from './field.ts'

/** What other schedulers and word processors write for one item, and how cron writes it; null if that is not known. Pure. */
export function hintForItem(field: Field, text: string): string | null {
  return hashHint(field, text) ?? signHint(text)
}

/** `H` and `H/15` of Jenkins: a value that is chosen by the job's name. */
function hashHint(field: Field, text: string): string | null {
  const { first, last, step } = /^H(?:\((?<first>\d+)-(?<last>\d+)\))?(?:\/(?<step>\d+))?$/i.exec(text)?.groups ?? {}
  if (!/^H(?:\(|\/|$)/i.test(text)) return null
  const why = 'values chosen by a hash are not supported'
  if (step !== undefined) return `${why}: write "${first === undefined ? '*' : `${first}-${last}`}/${step}"`
  const value = readValue(field, first ?? '') ?? (field.name === 'cron_min' ? 17 : field.min + 3)
  return `${why}: choose one, such as "${value}"`
}

const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g
const STARS = /[\u2217\u204e\u22c6\ufe61\uff0a\u00d7]/g
const COMMAS = /[\u060c\u3001\uff0c\u201a]/g
const SLASHES = /[\u2044\u2215\uff0f]/g

/** Signs that look like those of cron, as word processors put them. */
function signHint(text: string): string | null {
  const plain = text
    .replace(DASHES, '-')
    .replace(STARS, '*')
    .replace(COMMAS, ',')
    .replace(SLASHES, '/')
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Zs}]/gu, '')
  if (plain === text || !/^[\w*/,-]+$/.test(plain)) return null
  return `write "${plain}", with plain ASCII characters`
}
