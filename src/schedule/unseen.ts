/** What looks like a plain blank, or like nothing: blanks of other widths, joiners, marks of direction, fillers. Line ends and tabs are no part. */
const UNSEEN = /[[\p{Zs}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]--[ \u{fe0e}\u{fe0f}]]/gv

/** What nearly all text is. Asked first, since it takes a tenth of the time. */
const PLAIN = /^[ -~]*$/

const NAMES: Readonly<Record<string, string>> = {
  '\u{a0}': 'no-break space',
  '\u{ad}': 'soft hyphen',
  '\u{200b}': 'zero-width space',
  '\u{202e}': 'right-to-left override',
  '\u{3000}': 'ideographic space',
  '\u{feff}': 'byte order mark',
}

const MOST = 3

/** Each such character of `text` by its number, `U+00A0 (no-break space)`; null if there is none. Pure. */
export function describeUnseen(text: string): string | null {
  if (PLAIN.test(text)) return null
  const found = [...new Set(text.match(UNSEEN) ?? [])]
  if (found.length === 0) return null
  const more = found.length > MOST ? ` and ${found.length - MOST} more` : ''
  return `${found.slice(0, MOST).map(describe).join(', ')}${more}`
}

function describe(character: string): string {
  const number = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  const name = NAMES[character]
  return name === undefined ? number : `${number} (${name})`
}
