import { OperatorError } from '../../domain/errors.ts'

/** The store could not be asked or did not answer. Holds codes, never SQL text, values or secrets. */
export class StoreError extends OperatorError {
  override readonly name = 'StoreError'
}
