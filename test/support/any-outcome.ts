import fc from 'fast-check'
import type { Outcome } from '../../src/domain/outcome.ts'

const reason = fc.string()
const coded = <Code extends string>(...codes: readonly Code[]) =>
  fc.option(fc.constantFrom(...codes), { nil: undefined })
const withCode = <Kind extends Outcome['kind'], Code extends string>(kind: Kind, ...codes: readonly Code[]) =>
  fc.record({ kind: fc.constant(kind), reason, code: coded(...codes) }).map(({ code, ...rest }) => ({
    ...rest,
    ...(code !== undefined && { code }),
  }))

/** Every way in which a run can end. */
export const ANY_OUTCOME: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant({ kind: 'succeeded' as const }),
  fc.record({ kind: fc.constant('failed' as const), exitCode: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('signaled' as const), signal: fc.constantFrom('KILL', 'TERM') }),
  fc.record({ kind: fc.constant('timed-out' as const), afterMs: fc.nat() }),
  fc.record({ kind: fc.constant('killed' as const), by: fc.constantFrom('clobber', 'operator', 'shutdown') }),
  withCode('unreachable', 'HOST_UNKNOWN', 'NO_COMMON_ALGORITHM'),
  withCode('refused', 'AUTH_FAILED', 'HOST_KEY_REFUSED', 'CREDENTIAL_UNUSABLE', 'BREAKER_OPEN'),
  fc.record({ kind: fc.constant('lost' as const), reason }),
  withCode('blocked', 'LOCK_UNWRITABLE', 'HOST_ALREADY_CLAIMED'),
  withCode('skipped', 'CLAIMED_BY_OTHER', 'HOST_ALREADY_CLAIMED'),
  fc.record({ kind: fc.constant('paused' as const), reason }),
  withCode('missed', 'START_WINDOW_EXPIRED', 'INTERRUPTED'),
)
