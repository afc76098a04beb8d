import { deepEqual, equal, match } from 'node:assert/strict'
import { after, test } from 'node:test'
import { answering } from '../support/answering.ts'
import { RcronCommand } from '../support/rcron-command.ts'

const rcron = new RcronCommand()
after(() => rcron[Symbol.dispose]())
await rcron.prepare(async ({ auths, systems, crons }) => {
  await auths.add({ user: 'backup', password: 'x' })
  for (const host of ['db1', 'db2']) await systems.add({ host })
  for (const host of [1, 2]) await crons.add({ cron_name: 'dump', cron_path: 'true', host, user: 1 })
})

/** Has another process carry `words` out once `question` is asked, and answers yes after that. */
function meanwhile(question: string, ...words: readonly string[]): string {
  const other = `        import subprocess; subprocess.run(sys.argv[1:3] + ${JSON.stringify(words)}, check=True, stdout=2)\n`
  return answering(question, 'y').replace('        os.write(', `${other}        os.write(`)
}

test('who edits rows of which another process edits one meanwhile is told, and none is written over', async () => {
  const words = ['cron', 'edit', 'dump', '--cron-hour', '5']
  const other = ['cron', 'edit', '2', '--cron-min', '7']
  const { status, stdout } = await rcron.inTerminal(meanwhile('Change all of them?', ...other), words)
  equal(status, 6, stdout)
  match(
    stdout,
    /cron 2 \(dump\) was changed by somebody else meanwhile: cron_min was "\*", is "7"; nothing was changed/,
  )
  const rows = (await rcron.json('cron', 'show', 'dump')) as readonly Readonly<Record<string, unknown>>[]
  deepEqual(
    rows.map(({ schedule }) => schedule),
    ['* * * * *', '7 * * * *'],
  )
  const again = await rcron.inTerminal(answering('Change all of them?', 'y'), words)
  equal(again.status, 0, again.stdout)
})
