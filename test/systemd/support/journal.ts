/** What is asked of one line of the journal. */
export type JournalEntry = {
  readonly message: string
  /** 0 (emergency) to 7 (debug); 3 is an error. */
  readonly priority: number
  /** Who wrote it: `rcron`, or `systemd` about it. */
  readonly identifier: string
  readonly pid: number
  /** Microseconds since the epoch. */
  readonly at: number
}

/** Parses what `journalctl --output=json` prints. A message that is not UTF-8 comes as a list of bytes. */
export function parseJournal(lines: string): JournalEntry[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const fields = JSON.parse(line) as Readonly<Record<string, string | number[]>>
      const message = fields['MESSAGE'] ?? ''
      return {
        message: typeof message === 'string' ? message : Buffer.from(message).toString('latin1'),
        priority: Number(fields['PRIORITY']),
        identifier: String(fields['SYSLOG_IDENTIFIER']),
        pid: Number(fields['_PID']),
        at: Number(fields['__REALTIME_TIMESTAMP']),
      }
    })
}
