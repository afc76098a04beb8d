import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { debianVersion } from '../../../packaging/release.ts'
import type { Installed } from '../support/installed.ts'

/** Where dpkg is killed: when it has told this of its work, or when this is the case. */
const POINTS: Readonly<Record<string, string>> = {
  'before the scripts of the one that goes': 'grep -q "status: rcron: half-configured" /run/dpkg-status',
  'before anything is unpacked': 'grep -q "status: rcron: half-installed" /run/dpkg-status',
  'while Node is being unpacked': 'test -e /usr/lib/rcron/bin/node.dpkg-new',
  'when all is unpacked': 'grep -q "status: rcron: unpacked" /run/dpkg-status',
  'while it is configured': 'grep -q "processing: configure: rcron" /run/dpkg-status',
  'while the new daemon starts': 'pgrep -f "^/bin/sh .*/rcron.postinst configure" >/dev/null',
}

export function crashRows(at: () => Installed): void {
  for (const [point, reached] of Object.entries(POINTS)) {
    test(`a dpkg that is killed in the middle of an upgrade, ${point}, leaves nothing that dpkg and apt do not heal`, async (t) => {
      const { service, machine, packages } = at()
      const [from, to] = [packages.first, packages.second]
      await at().apt(from)
      const kept = () => machine.run('cat /etc/rcron/rcron.env /etc/rcron/cache-key')
      const before = await kept()
      await killAt(at(), at().path(to), reached)
      t.diagnostic(`left ${await at().status()} ${await at().version()}`)
      equal(await service.property('ActiveState'), 'active', 'the daemon works on')

      await machine.attempt('dpkg --configure -a </dev/null')
      if ((await at().status()) !== 'installed') await at().apt(to)
      match(await machine.run('apt-get -f install -y </dev/null && dpkg --audit'), /0 newly installed/)
      equal(await at().status(), 'installed')
      if ((await at().version()) !== debianVersion(to)) await at().apt(to)
      equal(await machine.run('dpkg --verify rcron | grep -v rcron.env || true'), '')
      equal(
        await machine.run('find /usr/lib/rcron /usr/bin /etc/rcron -name "*rcron*.dpkg-*" -o -name "node.dpkg-*"'),
        '',
      )
      equal(await machine.run('rcron --version'), to.version)
      equal(await service.property('ActiveState'), 'active')
      equal(await kept(), before)
    })
  }
}

/** Begins to install `deb`, and kills dpkg with all that it has started as soon as `reached` holds. */
async function killAt({ machine }: Installed, deb: string, reached: string): Promise<void> {
  await machine.run(`
    : >/run/dpkg-status
    setsid dpkg --status-fd 7 -i ${deb} 7>/run/dpkg-status >/run/dpkg-said 2>&1 </dev/null &
    dpkg=$!
    until ${reached}; do kill -0 $dpkg || { echo "dpkg has ended before"; cat /run/dpkg-status /run/dpkg-said; exit 1; }; done
    kill -KILL -- -$dpkg
    wait $dpkg || true
    rm -f /run/dpkg-status
  `)
}
