import { addMinutes, describeMinute, type Minute } from '../../../src/domain/minute.ts'
import type { DaemonLife } from '../daemon-life.ts'
import { type Evidence, SLACK_MS, type Violation } from './evidence.ts'

/** A job in a minute of which nothing was told. */
export type SilentFiring = { readonly job: string; readonly minute: Minute }

/** Jobs of minutes of which nothing was told, not even that they were missed. */
export function silentFirings({ tale, jobs, minutes }: Evidence): readonly SilentFiring[] {
  const told = new Set<string>()
  for (const { job, from, to } of tale.firings) for (let at: number = from; at <= to; at++) told.add(`${job} ${at}`)
  return jobs
    .flatMap(({ name }) => minutes.map((minute) => ({ job: name, minute })))
    .filter(({ job, minute }) => !told.has(`${job} ${minute}`))
}

/** A daemon that was ready before a minute began, and lived into the next one, has told something of each of its jobs. */
export function judgeSilence(evidence: Evidence): readonly Violation[] {
  return silentFirings(evidence).flatMap(({ job, minute }) => {
    const witness = evidence.lives.find((life) => livedThrough(evidence, life, minute))
    if (witness === undefined) return []
    const text = `silent: nothing was told of ${job} in ${describeMinute(minute)}, which daemon ${witness.number} lived through`
    return [{ rule: 'silent', run: null, text }]
  })
}

function livedThrough({ beganAt }: Evidence, { readyAt, until }: DaemonLife, minute: Minute): boolean {
  if (readyAt === null || until === null) return false
  return readyAt < beganAt(minute) - SLACK_MS && until > beganAt(addMinutes(minute, 1)) + SLACK_MS
}
