import { deepEqual, match } from 'node:assert/strict'
import { test } from 'node:test'
import { manualPages } from '../../../packaging/manual/manual-pages.ts'
import { releaseOf } from '../../../packaging/release.ts'
import { examplesOn } from '../../packaging/page-examples.ts'
import type { Service } from '../support/service.ts'

/** Stands for whoever changes the unit: what stands after that line counts. systemd 257 names the line of the file to begin with, too. */
const EDITOR = `#!/bin/sh
for file; do :; done
exec sed -i '/^### Anything between here/a [Service]\\nNice=5' "$file"
`

export function manualRows(service: () => Service): void {
  test('the examples of the manual that need systemd work', async () => {
    const pages = await manualPages(releaseOf('2.0.0', 1_700_000_000))
    const lines = ['rcron.1', 'rcron.8'].flatMap((name) => examplesOn(pages[name] ?? ''))
    const ofSystemd = lines.filter((line) => /^(?:systemctl|journalctl) /.test(line))
    deepEqual(ofSystemd, ['systemctl enable --now rcron', 'journalctl -u rcron -p err', 'systemctl edit rcron'])
    const { machine } = service()
    await machine.run('cat >/run/editor && chmod +x /run/editor', EDITOR)
    // On a terminal, without which systemctl edits nothing.
    for (const line of ofSystemd)
      await machine.run(`SYSTEMD_PAGER=cat SYSTEMD_EDITOR=/run/editor script -qec '${line}' /dev/null`)
    match(await machine.run('systemctl cat rcron'), /^Nice=5$/m)
    await machine.run('systemctl revert rcron && systemctl daemon-reload')
  })
}
