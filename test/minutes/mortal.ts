/** A process that is killed at a step that the test names: from then on nothing that it does reaches anything. */
export class Mortal {
  readonly #lastStep: number
  steps = 0

  /** It lives for so many steps. */
  constructor(lastStep = Number.POSITIVE_INFINITY) {
    this.#lastStep = lastStep
  }

  get isDead(): boolean {
    return this.steps > this.#lastStep
  }

  /** `port` as the process has it: each call of a method is a step. `dead` answers for those that cannot be left without an answer. */
  hold<Port extends object>(port: Port, dead: Partial<Port> = {}): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const found: unknown = Reflect.get(target, name, target)
        if (typeof found !== 'function') return found
        return (...args: readonly unknown[]) => {
          if (!this.isDead) this.steps += 1
          if (!this.isDead) return found.apply(target, args)
          const answer: unknown = Reflect.get(dead, name)
          return typeof answer === 'function' ? answer(...args) : new Promise(() => undefined)
        }
      },
    })
  }
}
