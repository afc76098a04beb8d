/** How many faults of each kind have struck. */
export class FaultTally {
  readonly #counts = new Map<string, number>()

  add(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0)
  }

  get byKind(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort())
  }
}
