import { styleText } from 'node:util'
import { cutText, escapeText } from './escape-text.ts'
import type { PlainFields, PlainValue } from './log-fields.ts'

/** How much a line of the log matters; on an `alarm` somebody is to act at once. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'alarm'

/** One event, as it is written. */
export type LogEvent = {
  readonly level: LogLevel
  /** Epoch milliseconds. */
  readonly time: number
  readonly message: string
  readonly fields: PlainFields
}

/** The priorities of syslog: an alarm is an alert, to be seen to at once. */
const PRIORITY: Readonly<Record<LogLevel, number>> = { debug: 7, info: 6, warn: 4, error: 3, alarm: 1 }

/** The journal breaks a line at 48 KiB, and would read a priority at the head of what comes after; a character has up to 4 bytes. */
const MAX_LINE = 10_000

/** `<4>host key refused host=db1 reason="…"`, one line without its end. */
export function formatJournalLine({ level, message, fields }: LogEvent): string {
  return `<${PRIORITY[level]}>${cutText(phraseOf(message, fields), MAX_LINE)}`
}

const COLOUR = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red', alarm: 'bgRed' } as const

/** `2026-03-01T12:00:00.000Z warn  host key refused host=db1 …`, for people. */
export function formatTextLine({ level, time, message, fields }: LogEvent, coloured: boolean): string {
  const stamp = new Date(time).toISOString()
  const label = level.padEnd(5)
  const phrase = cutText(phraseOf(message, fields), MAX_LINE)
  if (!coloured) return `${stamp} ${label} ${phrase}`
  const paint = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { validateStream: false })
  return `${paint('dim', stamp)} ${paint(COLOUR[level], label)} ${phrase}`
}

function phraseOf(message: string, fields: PlainFields): string {
  const pairs = Object.entries(fields).map(([name, value]) => `${escapeText(name)}=${formatValue(value)}`)
  return [escapeText(message), ...pairs].join(' ')
}

const BARE = /^[\w.:/@+,%~-]+$/

/** Bare where nothing in it could be mistaken, else in quotes. */
function formatValue(value: PlainValue): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (BARE.test(text)) return text
  return `"${escapeText(text.replace(/["\\]/g, '\\$&'))}"`
}
