import type { RunId } from '../../domain/run.ts'
import type { OutputStream } from '../../hosts/transport.ts'
import { OutputCapture } from '../output/output-capture.ts'

/** What a host kept of one run's output, part by part: the first bytes of each stream, and the last ones that came while nobody listened. */
export type KeptOutput = readonly KeptPart[]

type KeptPart = { readonly stream: OutputStream; readonly place: 'head' | 'tail'; readonly bytes: Buffer }

const PARTS: Readonly<Record<string, Omit<KeptPart, 'bytes'>>> = {
  out: { stream: 'stdout', place: 'head' },
  'out.tail': { stream: 'stdout', place: 'tail' },
  err: { stream: 'stderr', place: 'head' },
  'err.tail': { stream: 'stderr', place: 'tail' },
}

const LONGEST_LINE = 80

/**
 * Reads the kept output of run `id` out of a PROBE's answer. Each part is announced with its length, and skipped by it: what a
 * command printed is never read as an answer. Parts that were cut off are left out; null if there are none.
 */
export function parseKeptOutput(answer: Buffer, id: RunId): KeptOutput | null {
  const parts: KeptPart[] = []
  const prefix = Buffer.from(`RCRONO ${id} `)
  let at = answer.indexOf(prefix)
  while (at !== -1) {
    const end = answer.indexOf(0x0a, at)
    if (end === -1 || end - at > LONGEST_LINE) break
    const [name = '', length = ''] = answer.toString('latin1', at + prefix.length, end).split(' ')
    const next = end + 1 + Number(length)
    const part = PARTS[name]
    if (part === undefined || !/^[0-9]{1,9}$/.test(length) || next > answer.length) break
    parts.push({ ...part, bytes: answer.subarray(end + 1, next) })
    at = answer.indexOf(prefix, next)
  }
  return parts.length === 0 ? null : parts
}

/** The kept output within the bound of any run's output. */
export function captureKept(kept: KeptOutput): OutputCapture {
  const capture = new OutputCapture()
  for (const { stream, bytes } of kept) capture.add(stream, bytes)
  return capture
}
