import { setMaxListeners } from 'node:events'
import process from 'node:process'
import type { DaemonSignals } from './daemon-signals.ts'

/** The first SIGTERM or SIGINT stops, a second one abandons, SIGHUP reloads. What comes before anybody asks is kept until then. */
export function listenToSystemSignals(): DaemonSignals {
  const stop = new AbortController()
  const abandon = new AbortController()
  setMaxListeners(0, stop.signal, abandon.signal)
  let isReloadAsked = false
  let reload = () => {
    isReloadAsked = true
  }

  const end = () => (stop.signal.aborted ? abandon : stop).abort()
  const hangUp = () => reload()
  process.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', hangUp)
  return {
    stop: stop.signal,
    abandon: abandon.signal,
    onReload: (listener) => {
      reload = listener
      if (isReloadAsked) listener()
      isReloadAsked = false
    },
    [Symbol.dispose]: () => process.off('SIGTERM', end).off('SIGINT', end).off('SIGHUP', hangUp),
  }
}
