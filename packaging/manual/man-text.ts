/** The language of manual pages (man(7)), as far as rcron's need it. */

const LINE = 76

/** `text` as it is, whatever signs it holds; a line of it never begins a request. */
export function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll(/[^\n -\u007e]/g, (sign) => `\\[u${sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`)
    .replaceAll(/^\./gm, '\\&.')
}

/** Running text: paragraphs, between empty lines, in short lines. */
export function paragraphs(text: string): string {
  return text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => filled(paragraph))
    .join('\n.PP\n')
}

/** One paragraph in lines that are short as they stand, escapes included. */
export function filled(paragraph: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of paragraph
    .split(/\s+/)
    .filter((it) => it !== '')
    .map(plain)) {
    if (line !== '' && line.length + word.length >= LINE) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].join('\n')
}

/** Text that keeps its lines: command lines, and what has columns. */
export function verbatim(text: string): string {
  return `.EX\n${plain(text)}\n.EE`
}

/** A term, and beneath it what it means. */
export function entry(term: string, meaning: string): string {
  return `.TP\n.B ${quoted(term)}\n${filled(meaning)}`
}

export function section(title: string, ...parts: readonly string[]): string {
  return beneath(`.SH ${quoted(title.toUpperCase())}`, parts)
}

export function subsection(title: string, ...parts: readonly string[]): string {
  return beneath(`.SS ${quoted(title)}`, parts)
}

/** A heading is a paragraph's beginning already. */
function beneath(heading: string, parts: readonly string[]): string {
  const text = parts.filter((part) => part !== '').join('\n')
  return `${heading}\n${text.replace(/^\.(PP|br)\n/, '')}`
}

export function header(name: string, number: number, edition: Edition): string {
  return `.TH ${name.toUpperCase().replaceAll('-', '\\-')} ${number} ${edition.date} "rcron ${edition.version}" "rcron manual"`
}

/** Of which version a page is, and of which day. */
export type Edition = { readonly version: string; readonly date: string }

/** As one argument of a request. */
function quoted(text: string): string {
  return `"${plain(text).replaceAll('"', '\\(dq')}"`
}
