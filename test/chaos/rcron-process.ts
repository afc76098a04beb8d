import type { LoggedEvent } from '../support/daemon.ts'

/** A line of the log, and which of rcron's processes wrote it: they are numbered from 0 in the order in which they started. */
export type TaleEvent = { readonly teller: number; readonly event: LoggedEvent }

/** What all processes of a chaos run have in common. */
export type RcronProcess = {
  readonly number: number
  readonly events: readonly LoggedEvent[]
  /** When it was killed with SIGKILL, by the machine's clock in epoch milliseconds; null where it was not. */
  readonly killedAt: number | null
  /** When it was seen to have ended, however; null where it has not. */
  readonly endedAt: number | null
}

/** Gives each process its number, whatever it is. */
export class ProcessNumbers {
  #next = 0

  get count(): number {
    return this.#next
  }

  take(): number {
    return this.#next++
  }
}

/** The lines of all processes in the order in which they were written, as far as milliseconds tell. */
export function inOrder(processes: readonly RcronProcess[]): readonly TaleEvent[] {
  return processes
    .flatMap(({ number, events }) => events.map((event) => ({ teller: number, event })))
    .sort((one, other) => timeOf(one) - timeOf(other))
}

function timeOf({ event }: TaleEvent): number {
  return Date.parse(String(event['time']))
}
