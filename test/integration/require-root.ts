/** For what no other user may do: says so at once, where the system's own refusal would leave one guessing. */
export function requireRoot(what: string): void {
  if (process.getuid?.() !== 0) throw new Error(`the test ${what}, which only root may do: run it as root`)
}
