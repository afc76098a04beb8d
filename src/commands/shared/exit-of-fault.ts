import { ControlFault, FAULTS } from '../../control/faults.ts'
import { ExitError } from '../../domain/errors.ts'

/** Carries out what a daemon would have done; what it would have answered instead ends the command alike. Rejects with an ExitError. */
export async function exitOfFault<Result>(carryOut: () => Promise<Result>): Promise<Result> {
  try {
    return await carryOut()
  } catch (error) {
    if (!(error instanceof ControlFault)) throw error
    throw new ExitError(FAULTS[error.code].exit, error.message, error.hint, { cause: error })
  }
}
