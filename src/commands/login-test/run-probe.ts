import { randomBytes } from 'node:crypto'
import type { Login } from '../../hosts/transport.ts'
import { type AskParts, askHost, type ConfirmedEnd, type HostProbeResult } from './ask-host.ts'

/** What a harmless command came to. */
export type ProbeAnswer =
  | Extract<HostProbeResult, { readonly kind: 'not-run' }>
  | (ConfirmedEnd & {
      /** Whether the host ran the command itself, and not something in its place. */
      readonly isEchoed: boolean
      /** The host's clock minus ours, in milliseconds, as exact as whole seconds can be; null if it told none. */
      readonly clockSkewMs: number | null
    })

/** Logs in and runs a command that only prints: a word of ours, and the host's time. Never rejects. */
export async function runProbe(login: Login, parts: AskParts): Promise<ProbeAnswer> {
  const word = `rcron-test-${randomBytes(8).toString('hex')}`
  // The empty line ends what start files may have printed before.
  const asked = await askHost(login, `echo; echo ${word}; date +%s`, parts)
  if (asked.kind === 'not-run') return asked
  const { stdout, begunAt } = asked
  // A line of its own: a host that quotes what it does not understand has not run it.
  const isEchoed = stdout.split(/\r?\n/).includes(word)
  return { ...asked, isEchoed, clockSkewMs: skewOf(stdout, word, begunAt) }
}

/** The host told a whole second that had begun; zero where ours lies within it. */
function skewOf(text: string, word: string, ownMs: number): number | null {
  const [, seconds] = new RegExp(`${word}\\s+(\\d{9,11})\\b`).exec(text) ?? []
  if (seconds === undefined) return null
  const hostMs = Number(seconds) * 1000
  if (ownMs < hostMs) return hostMs - ownMs
  return Math.min(0, hostMs + 999 - ownMs)
}
