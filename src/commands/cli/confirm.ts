import type { CommandContext } from './context.ts'

/** Whether somebody sits there who can be asked. */
export function canAsk({ stdin }: CommandContext): boolean {
  return stdin.isTTY === true
}

/** Asks on the terminal; no is the answer that is offered, and what an interruption means. */
export async function askConfirmation({ stdin, stderr }: CommandContext, message: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts')
  const answer = await confirm({ message, initialValue: false, input: stdin, output: stderr })
  return !isCancel(answer) && answer
}
