import { deepEqual, equal } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { RcronCommand } from '../support/rcron-command.ts'

const CRONS = 2_000
const rcron = new RcronCommand()
after(() => rcron[Symbol.dispose]())

await rcron.prepare(async ({ auths, systems, crons }) => {
  const host = await systems.add({ host: 'db1' })
  const user = await auths.add({ user: 'x', password: 'y' })
  for (let number = 0; number < CRONS; number++) {
    await crons.add({ cron_name: `job ${number}`, cron_path: `echo ${'x'.repeat(300)}`, host, user, enabled: 1 })
  }
})

/** Runs `script` in a shell in which `rcron` is the command. */
async function shell(script: string): Promise<string> {
  const child = spawn('bash', ['-c', `rcron() { "$NODE" "$MAIN" "$@"; }; ${script}`], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE: process.execPath,
      MAIN: fileURLToPath(new URL('../../src/main.ts', import.meta.url)),
      RCRON_STATE_DIR: rcron.stateDirectory,
      HOME: rcron.directory,
    },
    cwd: rcron.directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return await text(child.stdout)
}

const COUNT = `python3 -c 'import json, sys; a = json.load(sys.stdin); print(len(a["items"] if "items" in a else a))'`
const lists: readonly (readonly [string, string])[] = [
  ['list', 'cron list --json'],
  ['the coming times', 'next --json'],
  ['the explanation of a minute', 'tick --dry-run --json'],
]
for (const [what, words] of lists) {
  test(`JSON of ${CRONS} crons reaches a pipe whole: ${what}`, async () => {
    equal(await shell(`rcron ${words} | ${COUNT}; rcron ${words} 2>&1 | ${COUNT}`), `${CRONS}\n${CRONS}\n`)
  })
}

test('a reader that is slow gets all of it, and the command waits for it', async () => {
  const child = rcron.start(['cron', 'list', '--json'])
  const closed = once(child, 'exit')
  // The pipe holds a part; the rest waits for the first read.
  const first = await Promise.race([closed.then(() => 'ended'), once(child.stdout, 'readable').then(() => 'readable')])
  equal(first, 'readable')
  const printed = await text(child.stdout)
  equal((JSON.parse(printed) as { items: readonly unknown[] }).items.length, CRONS)
  deepEqual(await closed, [0, null])
})

test('a slow reader of both streams gets every byte', async () => {
  const both = 'rcron cron list --json 2>&1'
  const slow = `python3 -c 'import os, sys\nwhile (part := os.read(0, 4096)): os.write(1, part)'`
  const [fast, slowly] = [await shell(`${both} | wc -c`), await shell(`${both} | ${slow} | wc -c`)]
  equal(slowly, fast)
})

test('a reader that leaves after the first line is no error, and nothing is said of it', async () => {
  for (const words of ['cron list', 'cron list --json', 'next', 'check']) {
    const script = `{ rcron ${words} 2>err; echo $? >status; } | head -n 1 >/dev/null; cat err status | grep -vE '^(sqlite|user|time zone|warning)'`
    equal(await shell(script), '0\n', words)
  }
})
