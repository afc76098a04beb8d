import { bashCompletion } from './bash.ts'
import { completedCommands } from './completed-commands.ts'
import { fishCompletion } from './fish.ts'
import { zshCompletion } from './zsh.ts'

/** What makes each shell complete rcron's commands and options, by the path where it looks for it. No shell starts Node for it. */
export async function completions(): Promise<Readonly<Record<string, string>>> {
  const commands = await completedCommands()
  return {
    'usr/share/bash-completion/completions/rcron': bashCompletion(commands),
    'usr/share/zsh/vendor-completions/_rcron': zshCompletion(commands),
    'usr/share/fish/vendor_completions.d/rcron.fish': fishCompletion(commands),
  }
}
