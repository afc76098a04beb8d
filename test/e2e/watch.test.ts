import { match } from 'node:assert/strict'
import { after, test } from 'node:test'
import { RcronCommand } from '../support/rcron-command.ts'

const rcron = new RcronCommand()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }) => {
  const user = await auths.add({ user: 'backup', password: 'x' })
  const host = await systems.add({ host: 'db1' })
  await crons.add({ cron_name: 'dump', cron_path: 'true', host, user })
})

/** Runs its arguments on a terminal until they have drawn twice, and prints what they drew. */
const TWO_DRAWINGS = `
import os, pty, signal, sys, time
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
seen, end = b'', time.time() + 50
while seen.count(b'dump') < 2 and time.time() < end: seen += os.read(terminal, 65536)
os.kill(pid, signal.SIGINT)
os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
`

test('the list of jobs is drawn again and again in the same place, until it is interrupted', async () => {
  const { stdout } = await rcron.inTerminal(TWO_DRAWINGS, ['cron', 'list', '--watch'])
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is moved by them.
  match(stdout, /\u001b\[H.*NEXT[\s\S]*dump[\s\S]*\u001b\[J\u001b\[H[\s\S]*dump/)
})
