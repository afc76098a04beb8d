import type { TaleEvent } from './rcron-process.ts'

/** From when until when a daemon certainly did its work. Times in epoch milliseconds of the machine's clock. */
export type DaemonLife = {
  /** Its number among all processes of rcron. */
  readonly number: number
  /** When it had told systemd that it was ready; null where it never did. */
  readonly readyAt: number | null
  /** Its last sign of life before it was to stop; null where it gave none. */
  readonly until: number | null
  /** When it said that it was stopping; null where it never did. */
  readonly stoppingAt: number | null
}

/** Of the daemon that wrote `log`. */
export function lifeOf(
  {
    number,
    readyAt,
    log,
  }: { readonly number: number; readonly readyAt: number | null; readonly log: readonly TaleEvent[] },
  machineTimeOf: (told: number) => number,
): DaemonLife {
  const timeOf = ({ event }: TaleEvent) => machineTimeOf(Date.parse(String(event['time'])))
  const stopping = log.find(({ event }) => event.msg === 'rcron is stopping')
  const last = stopping ?? log.at(-1)
  return {
    number,
    readyAt,
    until: last === undefined ? null : timeOf(last),
    stoppingAt: stopping === undefined ? null : timeOf(stopping),
  }
}
