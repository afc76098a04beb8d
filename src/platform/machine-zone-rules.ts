import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const DATABASE = '/usr/share/zoneinfo'
const DEADLINE_MS = 5_000
const MAX_BYTES = 1024 * 1024

/** `2026a`; null if the machine does not say. */
export function machineRulesVersion(): string | null {
  try {
    return /^# version (\S+)/.exec(readFileSync(join(DATABASE, 'tzdata.zi'), 'utf8'))?.[1] ?? null
  } catch {
    return null
  }
}

/**
 * What the C library has as the distance from UTC, in minutes, in `zone` at each of `minutes`; null if it does not know the zone, or there is
 * no GNU date to ask it by. Never rejects.
 */
export async function machineOffsets(zone: string, minutes: readonly number[]): Promise<readonly number[] | null> {
  if (!existsSync(join(DATABASE, zone))) return null
  const times = minutes.map((minute) => `@${minute * 60}\n`).join('')
  const answer = await askDate(zone, times)
  const offsets = answer.trimEnd().split('\n').map(offsetOf)
  return offsets.length === minutes.length && !offsets.includes(Number.NaN) ? offsets : null
}

function askDate(zone: string, times: string): Promise<string> {
  return new Promise((resolve) => {
    const options = {
      env: { TZ: zone, LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      timeout: DEADLINE_MS,
      maxBuffer: MAX_BYTES,
    }
    const child = execFile('date', ['-f', '-', '+%z'], options, (error, stdout) =>
      resolve(error === null ? stdout : ''),
    )
    // It may have gone before it has read all.
    child.stdin?.on('error', () => {})
    child.stdin?.end(times)
  })
}

/** `+0530` → 330; NaN for anything else. */
function offsetOf(text: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)$/.exec(text) ?? []
  if (sign === undefined) return Number.NaN
  const size = Number(hours) * 60 + Number(minutes)
  return sign === '-' ? 0 - size : size
}
