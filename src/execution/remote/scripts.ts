import { readFileSync } from 'node:fs'

/** What is sent, without the lines that only explain it. No script here holds a here-document or a string over two lines that begins a line with #. */
function load(...names: readonly string[]): string {
  return names
    .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
    .join('')
    .split('\n')
    .map((line) => line.replace(/^\s+/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n')
}

/** The three verbs, and the survey of a host, as shell text that takes its arguments from `$2` on. */
export const START_SCRIPT = load('spool.sh', 'forget.sh', 'start.sh')
export const PROBE_SCRIPT = load('spool.sh', 'forget.sh', 'look.sh', 'probe.sh')
export const KILL_SCRIPT = load('spool.sh', 'look.sh', 'kill.sh')
export const SURVEY_SCRIPT = load('spool.sh', 'survey.sh')
