import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { CommandContext } from '../../src/commands/cli/context.ts'
import { runProgram } from '../../src/commands/cli/program.ts'

/** What is asked of a resident process: one command, as the shell would start it. */
export type Asked = {
  readonly number: number
  readonly words: readonly string[]
  readonly input: string
  readonly env: Readonly<Record<string, string>>
}

export type Answered = {
  readonly number: number
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

process.on('message', async ({ number, words, input, env }: Asked) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const said = Promise.all([text(stdout), text(stderr)])
  const context = { environment: { ...process.env, ...env }, stdin: Readable.from([input]), stdout, stderr }
  const status = await runProgram(words, context as unknown as CommandContext)
  stdout.end()
  stderr.end()
  const [out, err] = await said
  process.send?.({ number, status, stdout: out, stderr: err } satisfies Answered)
})
process.once('disconnect', () => process.exit())
