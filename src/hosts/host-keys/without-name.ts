import { parseHostField } from './host-name.ts'

/**
 * The text of a known_hosts file without the keys of the host that is called `name`: a line that is its alone goes, of a list of names its own. Null
 * where a pattern with `*` or `?`, or a negation, means it: that line is of others too. Comments, revoked keys and certificate authorities stay. Pure.
 */
export function withoutName(text: string, name: string): string | null {
  const lines = text.split('\n').map((line) => lineWithout(line, name))
  return lines.includes(null) ? null : lines.filter((line) => line !== GONE).join('\n')
}

const GONE = Symbol('gone')

function lineWithout(line: string, name: string): string | typeof GONE | null {
  const [, indent = '', field = '', rest = ''] = /^([ \t]*)([^ \t]+)(.*)$/s.exec(line) ?? []
  if (field === '' || field.startsWith('#') || field.startsWith('@')) return line
  if (parseHostField(field)?.(name) !== true) return line
  if (field.startsWith('|')) return GONE
  const names = field.split(',')
  const left = names.filter((it) => it.toLowerCase() !== name.toLowerCase())
  if (left.length === 0) return GONE
  const remaining = left.join(',')
  return parseHostField(remaining)?.(name) === true ? null : `${indent}${remaining}${rest}`
}
