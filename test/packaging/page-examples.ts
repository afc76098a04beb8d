/** Signs that mean something to the formatter, as `plain` in packaging/manual/man-text.ts writes them. */
const WRITTEN: readonly (readonly [string, string])[] = [
  ['\\(aq', "'"],
  ['\\(ga', '`'],
  ['\\(ha', '^'],
  ['\\(ti', '~'],
  ['\\-', '-'],
  ['\\&', ''],
  ['\\e', '\\'],
]

/** The command lines that a manual page has as examples, each once: what keeps its line and is indented. */
export function examplesOn(page: string): readonly string[] {
  const found = [...page.matchAll(/^\.RS 4\n\.EX\n(.*)\n\.EE\n\.RE$/gm)].map(([, line = '']) =>
    WRITTEN.reduce((text, [written, sign]) => text.replaceAll(written, sign), line),
  )
  return [...new Set(found)]
}
