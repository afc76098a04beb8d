import { setMaxListeners } from 'node:events'
import process from 'node:process'
import type { DaemonSignals } from './daemon-signals.ts'

/** The first SIGTERM or SIGINT stops, a second one abandons, SIGHUP reloads. */
export function listenToSystemSignals(): DaemonSignals {
  const stop = new AbortController()
  const abandon = new AbortController()
  setMaxListeners(0, stop.signal, abandon.signal)
  let reload = () => {}

  const end = () => (stop.signal.aborted ? abandon : stop).abort()
  const hangUp = () => reload()
  process.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', hangUp)
  return {
    stop: stop.signal,
    abandon: abandon.signal,
    onReload: (listener) => {
      reload = listener
    },
    close: () => process.off('SIGTERM', end).off('SIGINT', end).off('SIGHUP', hangUp),
  }
}
