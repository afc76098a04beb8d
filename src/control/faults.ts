/** Why a daemon does not do what it was asked: how that is said in HTTP, and with which status a command ends of it. */
export const FAULTS = {
  /** The question cannot be used. */
  INVALID: { http: 400, exit: 2 },
  /** A word means several things. */
  AMBIGUOUS: { http: 409, exit: 2 },
  /** There is no such job, run or firing. */
  NOT_FOUND: { http: 404, exit: 4 },
  /** There is such a job, and no run of it is active. */
  NOT_ACTIVE: { http: 404, exit: 4 },
  /** The socket is that of those who look. */
  READ_ONLY: { http: 403, exit: 5 },
  /** Who asks has not proved who that is. */
  NOT_PROVEN: { http: 403, exit: 5 },
  /** A rule keeps it from being done. */
  REFUSED: { http: 409, exit: 6 },
  /** The daemon stops, and begins nothing more. */
  STOPPING: { http: 503, exit: 6 },
  /** More at once than the daemon answers. */
  BUSY: { http: 503, exit: 1 },
  /** The store does not take it. */
  STORE: { http: 503, exit: 1 },
  TOO_LARGE: { http: 413, exit: 2 },
  WRONG_HOST: { http: 421, exit: 1 },
  BUG: { http: 500, exit: 1 },
} as const satisfies Readonly<Record<string, { readonly http: number; readonly exit: number }>>

/** Names a fault to programs. */
export type FaultCode = keyof typeof FAULTS

/** What is answered instead. */
export type FaultAnswer = {
  readonly error: { readonly code: FaultCode; readonly message: string; readonly hint: string | null }
}

/** Ends the carrying out of a question. */
export class ControlFault extends Error {
  override readonly name = 'ControlFault'
  readonly code: FaultCode
  readonly hint: string | null

  constructor(code: FaultCode, message: string, hint: string | null = null) {
    super(message)
    this.code = code
    this.hint = hint
  }

  get answer(): FaultAnswer {
    return { error: { code: this.code, message: this.message, hint: this.hint } }
  }
}

export function isFaultCode(code: unknown): code is FaultCode {
  return typeof code === 'string' && Object.hasOwn(FAULTS, code)
}
