import type { Command } from 'commander'

/** Lets every option of `command`, and of those beneath it, be given once: of two values the last would win in silence. A list takes several. */
export function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    if (option.variadic || option.parseArg !== undefined) continue
    let times = 0
    command.on(`option:${option.name()}`, () => {
      times += 1
      // The values stay unsaid: one of them may be a secret.
      if (times === 2) command.error(`error: option '${option.flags}' is given more than once, expected it once`)
    })
  }
  for (const below of command.commands) refuseRepeated(below)
}
