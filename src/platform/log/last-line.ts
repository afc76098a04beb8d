import { writeSync } from 'node:fs'
import { codeOf } from '../error-code.ts'
import { escapeJson } from './escape-text.ts'
import type { LogFields } from './log.ts'
import { plainFields } from './log-fields.ts'
import { formatJournalLine } from './log-line.ts'

const LONGEST_MS = 1_000
const RETRY_MS = 10

/**
 * Writes one line of level `error` and waits until it is written, since the process ends now; a second at most where nobody reads.
 * Never throws.
 */
export function writeLastLine(
  format: 'journal' | 'json',
  descriptor: number,
  fields: LogFields,
  message: string,
): void {
  const plain = plainFields(fields)
  const now = new Date()
  const line =
    format === 'journal'
      ? formatJournalLine({ level: 'error', time: now.getTime(), message, fields: plain })
      : escapeJson(JSON.stringify({ level: 'error', time: now.toISOString(), ...plain, msg: message }))
  writeWhole(descriptor, Buffer.from(`${line}\n`))
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  const deadline = performance.now() + LONGEST_MS
  for (let at = 0; at < bytes.length && performance.now() < deadline; ) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}
