/**
 * Everything that does something to a line or a terminal rather than being seen: controls of both sets (line breaks, ESC, CSI),
 * direction overrides and other invisible characters, lone surrogates, private characters, line and paragraph separators. Of the
 * invisible ones only those that choose between two shapes of the sign before them stay.
 */
const UNSEEN = /[[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}]--[\u{fe0e}\u{fe0f}]]/gv

/** What nearly all text is: nothing of it is unseen. Asked first, since it takes a tenth of the time. */
const PLAIN = /^[ -~]*$/
const PLAIN_LINES = /^[ -~\n]*$/

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** `text` on one line, of visible characters alone; what is not visible stands as `\n`, `\x1b` or `\u{202e}`. Never throws. */
export function escapeText(text: string): string {
  if (PLAIN.test(text)) return text
  return text.replace(UNSEEN, (character) => SHORT[character] ?? numbered(character))
}

/** As `escapeText`, for text that has lines of its own: line ends and tabs stay. */
export function escapeBlock(text: string): string {
  if (PLAIN_LINES.test(text)) return text
  return text
    .replaceAll('\r\n', '\n')
    .replace(UNSEEN, (character) => (character === '\n' || character === '\t' ? character : escapeText(character)))
}

/** Invisible characters inside of a JSON text, which stays the same value. Line ends between its parts stay. */
export function escapeJson(json: string): string {
  if (PLAIN_LINES.test(json)) return json
  return json.replace(UNSEEN, (character) => (character === '\n' ? character : utf16(character)))
}

function utf16(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${hex(character.charCodeAt(index), 4)}`).join('')
}

/** At most `max` characters of `text`, then how many were left out. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text
  return `${text.slice(0, max)}…(${text.length - max} more)`
}

function numbered(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code <= 0xff ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
