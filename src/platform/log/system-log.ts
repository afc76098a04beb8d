import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'
import { type Logger, pino } from 'pino'
import { BoundedOutput } from './bounded-output.ts'
import { escapeJson } from './escape-text.ts'
import type { Log, LogFields } from './log.ts'
import { plainFields } from './log-fields.ts'
import { formatJournalLine, formatTextLine, type LogEvent, type LogLevel } from './log-line.ts'

/** What is logged, in which format, and where to. */
export type SystemLogOptions = {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** `auto`: journal where the descriptor is the journal's, else text. */
  readonly format: 'auto' | 'text' | 'journal' | 'json'
  /** Null: in colour where the descriptor is a terminal. */
  readonly colour: boolean | null
  /** `JOURNAL_STREAM`: device and inode of the journal's socket; null if there is none. */
  readonly journalStream: string | null
  /** 1 for what a daemon says; 2 beside a command's own output. */
  readonly descriptor: number
}

const LEVELS: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50, alarm: 60 }
const MAX_BUFFERED_BYTES = 1024 * 1024
const END_DEADLINE_MS = 2_000
const LONGEST_WRITTEN_MS = 5_000

type Line = (event: LogEvent, json: string) => string

/** The log of the process: text, journal or JSON lines on a descriptor, which may be stuck. */
export class SystemLog implements Log {
  readonly #options: SystemLogOptions
  /** Both made when the first line is logged: most commands log none. */
  #output: BoundedOutput | null = null
  #pino: Logger<LogLevel> | null = null
  #isEnded = false

  constructor(options: SystemLogOptions) {
    this.#options = options
  }

  debug(fields: LogFields, message: string): void {
    this.#say('debug', fields, message)
  }

  info(fields: LogFields, message: string): void {
    this.#say('info', fields, message)
  }

  warn(fields: LogFields, message: string): void {
    this.#say('warn', fields, message)
  }

  error(fields: LogFields, message: string): void {
    this.#say('error', fields, message)
  }

  alarm(fields: LogFields, message: string): void {
    this.#say('alarm', fields, message)
  }

  written(): Promise<void> {
    return this.#output?.written(LONGEST_WRITTEN_MS) ?? Promise.resolve()
  }

  /** Resolves when all lines are written, or after 2 s. Never rejects. Nothing is logged afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#output?.end(END_DEADLINE_MS)
    this.#isEnded = true
  }

  #say(level: LogLevel, fields: LogFields, message: string): void {
    if (this.#isEnded || LEVELS[level] < LEVELS[this.#options.level]) return
    this.#pino ??= this.#make()
    this.#pino[level](plainFields(fields), message)
  }

  #make(): Logger<LogLevel> {
    const { descriptor, level } = this.#options
    this.#output = new BoundedOutput(descriptor, MAX_BUFFERED_BYTES, (dropped) =>
      this.warn({ dropped }, 'log lines dropped: output blocked'),
    )
    return createPino(level, lineOf(this.#options), this.#output)
  }
}

function createPino(level: LogLevel, line: Line, output: BoundedOutput): Logger<LogLevel> {
  const destination = {
    [Symbol.for('pino.metadata')]: true,
    lastLevel: LEVELS.info,
    lastTime: '0',
    lastMsg: '',
    lastObj: {} as LogEvent['fields'],
    write(json: string): void {
      const event: LogEvent = {
        level: nameOfLevel(this.lastLevel),
        // Written as a JSON text, with its quotes.
        time: Date.parse(this.lastTime.replaceAll('"', '')),
        message: this.lastMsg,
        fields: this.lastObj,
      }
      output.write(`${line(event, json)}\n`)
    },
  }
  return pino<LogLevel>(
    {
      level,
      customLevels: LEVELS,
      useOnlyCustomLevels: true,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
}

function nameOfLevel(number: number): LogLevel {
  switch (number) {
    case LEVELS.debug:
      return 'debug'
    case LEVELS.warn:
      return 'warn'
    case LEVELS.error:
      return 'error'
    case LEVELS.alarm:
      return 'alarm'
    default:
      return 'info'
  }
}

function lineOf(options: SystemLogOptions): Line {
  const format = options.format === 'auto' ? formatFor(options) : options.format
  switch (format) {
    case 'journal':
      return formatJournalLine
    case 'json':
      return (_event, json) => escapeJson(json.trimEnd())
    case 'text': {
      const coloured = options.colour ?? isatty(options.descriptor)
      return (event) => formatTextLine(event, coloured)
    }
    default:
      return format satisfies never
  }
}

/**
 * What `auto` means. A daemon under systemd whose output goes elsewhere, into a file or a pipe, still has JOURNAL_STREAM: only the inode
 * tells.
 */
export function formatFor({
  descriptor,
  journalStream,
}: Pick<SystemLogOptions, 'descriptor' | 'journalStream'>): 'journal' | 'text' {
  const { dev, ino } = fstatSync(descriptor)
  return journalStream === `${dev}:${ino}` ? 'journal' : 'text'
}
