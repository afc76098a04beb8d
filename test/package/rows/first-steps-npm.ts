import { equal, match } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { installDebiansNode } from '../support/debians-node.ts'
import type { Newcomer } from '../support/newcomer.ts'

/** The way of the npm tarball, with the Node of Debian 12. */
export function npmRows(at: () => Newcomer): void {
  test('with Node 18 and npm the first steps end with a run that succeeded', async () => {
    const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim()
    await at().machine.run(installDebiansNode(registry))
    match(await at().type('node --version'), /^v18\./)
    await at().pasteAsRoot('install-npm')
    equal(await at().type('command -v rcron'), '/usr/local/bin/rcron')
    match(await at().paste('first-steps'), /^20\S+Z +hello +1 +db1\.example\.com +deploy +succeeded$/m)
  })
}
