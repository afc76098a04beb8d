import { deepEqual, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type LogMessage, logMessagesIn, logMessagesOf } from './log-messages.ts'

const PAGE = 'docs/log-events.md'

/** `| level | message | fields | when |` */
const ROW = /^\| (?<level>debug|info|warn|error|alarm|by outcome) \| (?<message>[^|]+?) \| [^|]*\|.*\|$/gm

const { messages, unread } = logMessagesIn('src/**/*.ts')
const listed = [...readFileSync(PAGE, 'utf8').matchAll(ROW)].map(({ groups = {} }) => ({
  level: groups['level'] ?? '',
  message: groups['message'] ?? '',
}))

test('every message of the log stands in docs/log-events.md', () => {
  ok(messages.length > 80, `only ${messages.length} messages are found in src`)
  deepEqual(without(messages, listed), [], `add these lines to ${PAGE}, with their fields and when they come`)
})

test('docs/log-events.md lists no message that is gone, and none twice', () => {
  deepEqual(without(listed, messages), [], `remove these lines from ${PAGE}`)
  const lines = listed.map(lineOf)
  deepEqual(
    lines.filter((line, index) => lines.indexOf(line) !== index),
    [],
  )
})

test('every message is fixed: the source says it where it is logged', () => {
  deepEqual(unread, [])
})

test('messages are found in every form in which they are written', () => {
  const source = `
    export const BUG = 'bug in rcron'
    const HOW = { 'one-way': 'said one way', other: 'said another way' }
    log.info({ a: f(1, 'x') }, 'plain, with a comma')
    this.#parts.log.error(
      { err: error },
      \`\${BUG} while it was tried\`,
    )
    log[levelOf(outcome)](line, \`run \${outcome.kind}\`)
    log.warn(fields, isOld ? 'it is old' : 'it is new')
    return ['alarm', { ...fields, reason }, HOW[event.kind]]
    warn: (fields, message) => log.warn(fields, message),
    log.info({}, whatever())`
  const found = logMessagesOf(new Map([['a.ts', source]]))
  deepEqual(
    new Set(found.messages.map(({ level, message }) => `${level}: ${message}`)),
    new Set([
      'info: plain, with a comma',
      'error: bug in rcron while it was tried',
      'by outcome: run …',
      'warn: it is old',
      'warn: it is new',
      'alarm: said one way',
      'alarm: said another way',
    ]),
  )
  deepEqual(found.unread, ['a.ts:13: whatever()'])
})

function without(some: readonly LogMessage[], others: readonly LogMessage[]): readonly string[] {
  const there = new Set(others.map(lineOf))
  return [...new Set(some.map(lineOf))].filter((line) => !there.has(line))
}

function lineOf({ level, message }: LogMessage): string {
  return `| ${level} | ${message} |`
}
