import type { Log, LogFields } from '../../../src/platform/log/log.ts'

export type LoggedLine = { readonly level: keyof Log; readonly message: string; readonly fields: LogFields }

/** A log that keeps its lines. */
export function recordingLog(): Log & { readonly lines: readonly LoggedLine[] } {
  const lines: LoggedLine[] = []
  const at = (level: keyof Log) => (fields: LogFields, message: string) => {
    lines.push({ level, message, fields })
  }
  const written = async () => undefined
  return {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    alarm: at('alarm'),
    written,
  }
}
