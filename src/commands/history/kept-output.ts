import type { RunRow } from '../../domain/history/run-row.ts'
import type { StreamExcerpt } from '../../domain/run.ts'
import { KEPT_OF_STREAM } from '../../execution/output/output-capture.ts'

/** What is kept of one stream of a run. */
export type KeptStream = StreamExcerpt & { readonly bytes: number; readonly omittedBytes: number }

/** What is kept of what a run printed; null where nothing is. Pure. */
export function keptOutputOf({ output, stdoutBytes, stderrBytes }: RunRow) {
  if (output === null) return null
  return { stdout: keptStream(output.stdout, stdoutBytes), stderr: keptStream(output.stderr, stderrBytes) }
}

/** Stand where something else was printed. */
const REPLACED = /\u{fffd}|\[secret\]/u

function keptStream(excerpt: StreamExcerpt, bytes: number): KeptStream {
  return { ...excerpt, bytes, omittedBytes: excerpt.tail === '' ? 0 : omittedOf(excerpt, bytes) }
}

/** Where something was replaced, up to six bytes fewer than that. */
function omittedOf({ head, tail }: StreamExcerpt, bytes: number): number {
  const kept = REPLACED.test(head) || REPLACED.test(tail) ? KEPT_OF_STREAM : Buffer.byteLength(head + tail)
  return Math.max(1, bytes - Math.min(kept, KEPT_OF_STREAM))
}
