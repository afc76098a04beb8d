import type { CapturedOutput, RunId, StreamExcerpt } from '../../domain/run.ts'

/** Stands at the end of a run's output where some of it may not have come here. */
export const MISSED_OUTPUT =
  '[rcron: output from while the connection was lost is gone; keep_output = 1 on the cron keeps it]\n'

/** Stands where the host had kept output, which is bounded there. */
export const KEPT_OUTPUT =
  '[rcron: contact was lost for a while; this is what the host kept: the first and the last 64 KiB of each stream]\n'

/** Stands where it could not be fetched. The host sweeps it away after 7 days. */
export function unfetchedOutput(id: RunId): string {
  return `[rcron: contact was lost for a while, and the output that the host kept could not be fetched: see the files ${id}.* under ~/.local/state/rcron-runs or /var/tmp there]\n`
}

/** `output` with a line of rcron's own at its end, and at that of its stdout, which counts as none of the command's bytes. */
export function withNote(output: CapturedOutput, note: string): CapturedOutput {
  const { stdout, stderr } = output.streams
  const streams = { stdout: noted(stdout, stdout.tail === '' ? 'head' : 'tail', note), stderr }
  const end = output.omittedBytes > 0 || output.tail !== '' ? 'tail' : 'head'
  return { ...noted(output, end, note), streams }
}

function noted<Text extends StreamExcerpt>(text: Text, end: 'head' | 'tail', note: string): Text {
  return { ...text, [end]: appendLine(text[end], note) }
}

function appendLine(text: string, line: string): string {
  return text === '' || text.endsWith('\n') ? `${text}${line}` : `${text}\n${line}`
}
