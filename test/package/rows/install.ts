import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { firingRows } from '../../systemd/rows/firing.ts'
import { openLab } from '../../systemd/support/lab.ts'
import { type Installed, NODE } from '../support/installed.ts'

export function installRows(at: () => Installed): void {
  test('where systemd does not run, in a root of its own, it is installed, upgraded, removed and purged', async () => {
    const { machine, packages } = at()
    const within = (command: string) => `chroot /run/root/merged ${command} </dev/null 2>&1`
    await machine.run(`
      mkdir -p /run/root
      mount -t tmpfs -o size=3G tmpfs /run/root
      mkdir /run/root/upper /run/root/work /run/root/merged
      mount -t overlay -o lowerdir=/,upperdir=/run/root/upper,workdir=/run/root/work overlay /run/root/merged
      mkdir -p /run/root/merged/root/of-package
      mount --bind /root/packages /run/root/merged/root/of-package
    `)
    const deb = (release: typeof packages.first) => `/root/of-package/${packages.deb(release)}`
    await machine.run(within(`dpkg -i ${deb(packages.first)}`))
    match(await machine.run('cat /run/root/merged/etc/rcron/cache-key'), /^[0-9a-f]{64}$/)
    match((await machine.attempt(within('rcron --version'))).stdout, /systemd does not run here/)
    equal(await machine.run(within(`setpriv --reuid=nobody --clear-groups rcron --version`)), packages.first.version)
    await machine.run(within(`dpkg -i ${deb(packages.second)}`))
    await machine.run(within('dpkg --remove rcron'))
    await machine.run(within('dpkg --purge rcron'))
    equal(await machine.run('ls -d /run/root/merged/etc/rcron /run/root/merged/usr/lib/rcron 2>/dev/null || true'), '')
    await machine.run('umount /run/root/merged/root/of-package /run/root/merged /run/root')
  })

  test('apt install is all that it takes: rcron runs, with SQLite, and starts at the next boot', async () => {
    const { service, machine, packages } = at()
    await at().apt(packages.first)
    await machine.run('systemctl start rcron')
    equal(await service.property('ActiveState'), 'active')
    equal(await machine.run('systemctl is-enabled rcron'), 'enabled')
    equal(await machine.run('stat -c "%U %a" /var/lib/rcron/rcron.db'), 'rcron 600')
    equal(await machine.run('rcron --version'), packages.first.version)
    equal(await machine.run('dpkg --verify rcron'), '')
  })

  test('its settings are a conffile, its key is for root alone, and its directories are closed', async () => {
    const { machine } = at()
    match(await machine.run(`dpkg-query -W -f='\${Conffiles}' rcron`), /\/etc\/rcron\/rcron\.env [0-9a-f]{32}$/)
    match(await machine.run('cat /etc/rcron/cache-key'), /^[0-9a-f]{64}$/)
    const places = '/etc/rcron /etc/rcron/cache-key /etc/rcron/rcron.env /etc/rcron/secrets /var/lib/rcron'
    equal(
      await machine.run(`stat -c "%n %U %G %a" ${places}`),
      `/etc/rcron root rcron 750
/etc/rcron/cache-key root root 600
/etc/rcron/rcron.env root root 644
/etc/rcron/secrets root rcron 750
/var/lib/rcron rcron rcron 700`,
    )
  })

  test('what it documents is there, and nothing in the program is written by the build', async () => {
    const { machine } = at()
    await machine.run('zcat /usr/share/doc/rcron/changelog.Debian.gz | grep -q "^rcron ("')
    await machine.run('grep -q RCRON_DATABASE_URL /usr/share/doc/rcron/examples/rcron.env')
    equal(await machine.run('find /usr/lib/rcron ! -user root -o -perm /022 ! -type l'), '')
    await openLab(machine, NODE)
  })

  firingRows(() => at().service)
}
