/** Does one thing after the other, in the order in which they were asked for, whatever becomes of each. */
export class InTurn {
  #last: Promise<unknown> = Promise.resolve()

  /** What `work` comes to, which begins when all that was asked for before has ended. */
  do<Result>(work: () => Promise<Result>): Promise<Result> {
    const doing = this.#last.then(work)
    this.#last = doing.catch(() => undefined)
    return doing
  }

  /** Resolves when all that was asked for until now has ended. Never rejects. */
  async idle(): Promise<void> {
    await this.#last
  }
}
