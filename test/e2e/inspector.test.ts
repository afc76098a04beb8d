import { deepEqual, equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { RcronCommand } from '../support/rcron-command.ts'

for (const node of [[], ['--disable-sigusr1']]) {
  test(`SIGUSR1 opens no inspector and ends nothing, with ${node.join() || 'no option of node'}`, async (t) => {
    const rcron = new RcronCommand()
    t.after(() => rcron[Symbol.dispose]())
    const child = rcron.start(['next', '--stdin'], { node })
    const said = text(child.stderr)
    const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
    child.stdin.write('{"expr": "0 0 * * *"}\n')
    match((await answers.next()).value ?? '', /T00:00:00/)
    child.kill('SIGUSR1')
    child.stdin.end('{"expr": "0 1 * * *"}\n')
    match((await answers.next()).value ?? '', /T01:00:00/)
    deepEqual(await once(child, 'exit'), [0, null])
    equal(await said, '')
  })
}

/** Every place that starts rcron by a command line of its own. */
const starts: readonly (readonly [path: string, line: RegExp])[] = [
  ['systemd/rcron.service', /^ExecStart=.*$/m],
  ['systemd/rcron', /^set -- \S+\/node .*main\.js.*$/m],
  ['docker/rcron', /^exec node .*$/m],
  ['package.json', /"start": .*$/m],
]
for (const [path, line] of starts) {
  test(`${path} switches the inspector's signal off from the first moment on`, () => {
    match(line.exec(readFileSync(path, 'utf8'))?.[0] ?? '', / --disable-sigusr1 /)
  })
}
