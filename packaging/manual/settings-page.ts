import { VARIABLE_NAMES, type VariableName, variable } from '../../src/config/variables.ts'
import { type Edition, entry, filled, header, paragraphs, section } from './man-text.ts'

const ABOUT = `Settings come from the environment. The service's are in /etc/rcron/rcron.env, one NAME=value a line; otherwise a file .env in the working directory is read as well, and the environment wins over it. A variable that is set to nothing counts as not set. "rcron check" judges all of them, and prints every problem.

A secret may also come from the file that NAME_FILE names, or as a credential of systemd.`

/** rcron(5): the settings, as "rcron settings" lists them. */
export function settingsPage(edition: Edition): string {
  return `${[
    header('rcron', 5, edition),
    section('Name', 'rcron \\- settings of rcron, in rcron.env and the environment'),
    section('Synopsis', '.I /etc/rcron/rcron.env'),
    section('Description', paragraphs(ABOUT)),
    section('Variables', ...VARIABLE_NAMES.map(variableEntry)),
    section('Files', ...FILES.map(([path, meaning]) => entry(path, meaning))),
    section('See also', '.BR rcron (1),\n.BR rcron\\-schedule (7),\n.BR rcron (8)'),
  ].join('\n')}\n`
}

const FILES = [
  ['/etc/rcron/rcron.env', 'the settings of the service'],
  ['/etc/rcron/cache-key', 'the key that seals the cache and secrets in the database, for root alone'],
  ['/etc/credstore/rcron.database-url', 'the URL of the database, where it holds a password'],
  ['/usr/share/doc/rcron/examples/rcron.env', 'every setting with its default, to copy'],
] as const

function variableEntry(name: VariableName): string {
  const { unit, default: byDefault, meaning, credential } = variable(name)
  const also = credential === undefined ? [] : [`Also as the credential ${credential}.`]
  return [
    entry(name, meaning),
    ...[`Unit: ${unit}.`, `Default: ${byDefault}.`, ...also].map((line) => `.br\n${filled(line)}`),
  ].join('\n')
}
