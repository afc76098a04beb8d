/** What the help of one command says beside its arguments and options. */
export type ManualPage = {
  readonly about: string
  /** A command line, and what it does. */
  readonly examples: readonly (readonly [string, string])[]
  /** Beside 2, which every command gives for input that cannot be used. */
  readonly exits: readonly (readonly [number, string])[]
  readonly notes?: string
}
