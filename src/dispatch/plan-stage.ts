import { describeMinute, type Minute } from '../domain/minute.ts'
import type { RunId } from '../domain/run.ts'

/** How far a run has come; `since` in epoch milliseconds. */
export type Stage =
  /** It is about to begin: nothing is handed over, and it waits for no place. */
  | { readonly kind: 'beginning' }
  /** All places are taken; `why` says which, where that is known. */
  | { readonly kind: 'queued'; readonly since: number; readonly why: string | null }
  /** Its host was handed it, or is being logged in to, and has not said that it began. */
  | { readonly kind: 'handed-over'; readonly since: number }
  | { readonly kind: 'running'; readonly since: number }
  /** Its host cannot be asked; `why` says what keeps it from telling, where that is known. */
  | { readonly kind: 'unknown'; readonly since: number; readonly why: string | null }

type Staged = { readonly id: RunId; readonly minute: Minute; readonly stage: Stage }

/** What a run does that keeps another from starting. */
export function describeStage({ id, minute, stage }: Staged): string {
  const planned = `run ${id}, planned for ${describeMinute(minute)},`
  const started = `run ${id}, started for ${describeMinute(minute)},`
  switch (stage.kind) {
    case 'beginning':
      return `${planned} still waits to begin`
    case 'queued':
      return `${planned} has been waiting for a slot since ${instant(stage.since)}${because(stage.why)}`
    case 'handed-over':
      return `${started} was handed over at ${instant(stage.since)}, and its host has not begun it yet`
    case 'running':
      return `${started} has been running since ${instant(stage.since)}`
    case 'unknown':
      return `${started} has been out of contact since ${instant(stage.since)}, and may be running${because(stage.why)}`
    default:
      return stage satisfies never
  }
}

function because(why: string | null): string {
  return why === null ? '' : `: ${why}`
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
