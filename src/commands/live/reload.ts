import type { Reloading } from '../../control/schemas.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output, styled } from '../cli/output.ts'
import { withDaemon } from './ask-daemon.ts'

/** Has the daemon read settings and definitions again, and prints what changed. Exits with 1 where the new settings or the store cannot be used. */
export async function reload(context: CommandContext, { json }: { readonly json?: boolean }): Promise<ExitCode> {
  const output = new Output(context)
  const report = await withDaemon(context, (daemon) => daemon.act<Reloading>('/reload', {}))
  if (json === true) output.json({ schema: 'rcron.reload.v1', ...report })
  else print(output, report)
  return report.isRead && report.refusal.length === 0 ? 0 : 1
}

function print(output: Output, { refusal, waiting, isRead, changes, rejected, store }: Reloading): void {
  const { added, edited, removed } = changes
  for (const name of added) output.line(styled('green', 'added'), `    ${name}`)
  for (const name of edited) output.line(styled('yellow', 'edited'), `   ${name}`)
  for (const name of removed) output.line(styled('red', 'removed'), `  ${name}`)
  for (const problem of rejected) output.line(styled('red', 'rejected'), ` ${problem}`)
  for (const name of waiting) output.note(`The new value of ${name} takes effect at the next start.`)
  for (const line of refusal) output.note(styled('red', 'settings not used:'), ` ${line}`)
  if (!isRead) output.note(styled('red', 'not read:'), ` ${store} does not answer; the definitions stay as they were.`)
  else if (added.length + edited.length + removed.length === 0) output.note('Read again; no definition has changed.')
}
