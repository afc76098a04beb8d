import { doesNotMatch, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { Service } from '../../systemd/support/service.ts'
import { sessionNamed } from '../support/console-session.ts'
import type { Newcomer } from '../support/newcomer.ts'

const A_MINUTE_AND_MORE_MS = 75_000

/** The way of the .deb, on a machine without any Node. */
export function stepRows(at: () => Newcomer): void {
  test('the package is installed by the one line', async () => {
    equal((await at().machine.attempt('command -v node')).stdout, '')
    await at().machine.run('printf \'APT::Get::Assume-Yes "true";\\n\' >/etc/apt/apt.conf.d/yes')
    await at().pasteAsRoot('install')
    equal(await at().machine.run('command -v rcron'), '/usr/bin/rcron')
  })

  test('the first steps end with a run that succeeded', async () => {
    const said = await at().paste('first-steps')
    match(said, /^1 db1\.example\.com .* works$/m)
    match(said, /^20\S+Z +hello +1 +db1\.example\.com +deploy +succeeded$/m)
    match(await at().type('rcron check'), /^user me, store sqlite:\/home\/me\/\.local\/state\/rcron\/rcron\.db, /m)
  })

  test('a job of two hosts is one command, and what would run now is explained', async () => {
    const said = await at().paste('real-job')
    match(said, /^added cron 2\nadded cron 3$/m)
    match(said, /\bhello\b/)
  })

  test('the session that the README begins with is what rcron prints', async () => {
    const { commands, printed } = sessionNamed('sell')
    const own = 'mkdir -m 700 sell; export RCRON_STATE_DIR=$HOME/sell; rcron init >init.out 2>&1; exec 2>sell.err'
    match(await at().type(`${own}\n${commands}`), printed)
    match(await at().machine.run('zcat -f /home/deploy/dump.gz'), /^dumped$/)
  })

  test('what they have made moves to the service, which runs it', async () => {
    const service = new Service(at().machine)
    const since = await service.now()
    const said = await at().pasteAsRoot('move-to-service')
    match(
      said,
      /^user rcron, store sqlite:\/var\/lib\/rcron\/rcron\.db, .*\n.*\n.*3 crons, 2 systems, 1 auth: 0 errors/m,
    )
    match(said, /^1 db1\.example\.com .* ssh-ed25519 known .* works$/m)
    await service.said(/^job hello succeeded on /, since, A_MINUTE_AND_MORE_MS)
  })

  test("a key of the service's own is made and copied by root", async () => {
    await at().machine.run(
      'rm /var/lib/rcron/.ssh/rcron; rcron cron remove hello dump --yes; rcron auth remove deploy --yes',
    )
    await at().pasteAsRoot('service-key', 'docs/service.md')
    match(await at().machine.run('rcron test db1.example.com --user deploy'), /^1 db1\.example\.com .* works$/m)
  })

  test('nothing is left of it where it was uninstalled', async () => {
    const lines = await at().pasteAsRoot('uninstall')
    doesNotMatch(lines, /error/i)
    equal((await at().machine.attempt('command -v rcron')).stdout, '')
    equal(await at().machine.run('ls -d /var/lib/rcron /home/me/.local/state/rcron /home/me/.ssh/rcron* || true'), '')
  })
}
