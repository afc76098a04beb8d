import { degraded, good, type HostCheck } from './login-report.ts'

/** Below this nobody minds: the reading itself takes a while. */
const GOOD_MS = 2_000

/** How far the host's clock is from ours, in whole seconds. */
export function describeClock(skewMs: number): HostCheck {
  const seconds = Math.round(skewMs / 1000)
  const found = `${seconds >= 0 ? '+' : ''}${seconds} s`
  if (Math.abs(skewMs) < GOOD_MS) return good('clock', found)
  const ahead = seconds > 0 ? 'ahead of' : 'behind'
  const consequence = `its clock is ${Math.abs(seconds)} s ${ahead} rcron's: times in its logs differ; let NTP set both clocks`
  return degraded('clock', found, consequence)
}
