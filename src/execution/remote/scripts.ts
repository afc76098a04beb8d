import { readdirSync, readFileSync } from 'node:fs'
import { encodeScript } from './encode.ts'

/** What `make` makes when it is asked for the first time: most commands send nothing, and reading and encoding takes a while. */
function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** The text of every script, by the name of its file. Read once: later, an upgrade may have replaced them by others. */
export const readScripts = once(() => {
  const names = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.sh'))
  return new Map(names.map((name) => [name, readFileSync(new URL(name, import.meta.url), 'utf8')]))
})

/** The lines of what is sent, without those that only explain it. No script here holds a here-document or a string over two lines that begins a line with #. */
function linesOf(...names: readonly string[]): readonly string[] {
  return names
    .flatMap((name) => textOf(name).split('\n'))
    .map((line) => line.replace(/^\s+/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'))
}

function textOf(name: string): string {
  const text = readScripts().get(name)
  if (text === undefined) throw new Error(`${name}: no such script`)
  return text
}

/** The longer names of the scripts' own functions and variables. No file, and no word that is printed, is called so. */
const OWN_NAME =
  /(?<![\w/])(?:[a-z]+(?:_[a-z0-9]+)+|candidates|descended|doubtful|drains|elapsed|forgotten|frozen|members|refused|strangers|streams|supervised|termed|watching)(?!\w)/g
const shortNames = once(() => {
  const names = new Set(
    linesOf(...readScripts().keys())
      .join('\n')
      .match(OWN_NAME),
  )
  return new Map([...names].map((name, index) => [name, `_${index.toString(36)}`]))
})

/** What is sent is short, as dropbear takes 9,000 bytes: names for reading stay here. */
const shortened = (...names: readonly string[]) =>
  linesOf(...names)
    .join('\n')
    .replace(OWN_NAME, (name) => shortNames().get(name) ?? name)
const load = (...names: readonly string[]) => encodeScript(shortened(...names))
const loadLong = (...names: readonly string[]) => encodeScript(shortened(...names), { isLong: true })

/** What runs an encoded script: one line of shell text for between single quotes. */
export const readScript = once(() => linesOf('read.sh').join(';'))

/** The verbs but START, and the survey of a host, encoded. */
export const probeScript = once(() => loadLong('spool.sh', 'forget.sh', 'alive.sh', 'look.sh', 'probe.sh'))
export const killScript = once(() => loadLong('spool.sh', 'alive.sh', 'look.sh', 'kill.sh'))
export const surveyScript = once(() => load('spool.sh', 'leave.sh', 'survey.sh'))

const startParts = (encode: typeof load) => ({
  spool: encode('spool.sh'),
  keep: encode('keep.sh'),
  forget: encode('forget.sh'),
  sweep: encode('sweep.sh'),
  alone: encode('alive.sh', 'alone.sh'),
  start: encode('leave.sh', 'start.sh'),
})
const quickParts = once(() => startParts(load))
/** For a start that is long already. */
const shortParts = once(() => startParts(loadLong))
const lineBreak = once(() => encodeScript('\n'))

/** What a START has to do besides; most do without, and their host need not read it. */
export type StartExtra = 'keep' | 'forget' | 'sweep' | 'alone'

/** START, encoded. */
export function startScript(extras: readonly StartExtra[]): string {
  const parts = extras.includes('alone') ? shortParts() : quickParts()
  return [parts.spool, ...extras.map((extra) => parts[extra]), parts.start].join(lineBreak())
}
