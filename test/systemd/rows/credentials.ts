import { doesNotMatch, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import type { Service } from '../support/service.ts'

const URL_CREDENTIAL = '/etc/credstore/rcron.database-url'
const PASSWORD = 'never-to-be-seen'
/** The store's own deadline for a server that takes the connection and says nothing is 5 s. */
const STORE_DEADLINE_MS = 20_000

export function credentialRows(service: () => Service): void {
  test('the cache is sealed with the key of the credential, which nobody else can read', async () => {
    const { machine } = service()
    const pid = await service().mainPid()
    const key = await machine.run('cat /etc/rcron/cache-key')
    match(key, /^[0-9a-f]{64}$/)
    equal(await machine.run('stat -c "%U %a" /etc/rcron/cache-key'), 'root 600')
    equal(await machine.run('find /var/lib/rcron -name cache.key'), '', 'no key of its own was made')
    equal(await machine.run(`grep -c ${key} /proc/${pid}/environ /proc/${pid}/cmdline || true`), expectNone(pid))
    const stranger = 'setpriv --reuid=jobs --regid=jobs --clear-groups cat /run/credentials/rcron.service/cache-key'
    equal((await machine.attempt(stranger)).status, 1)
  })

  test('with the store away it starts from the cache that this key opens, and says how old that is', async () => {
    const { machine } = service()
    await machine.run('chmod 000 /var/lib/rcron/rcron.db*')
    const since = await service().now()
    await service().systemctl('restart')
    await service().said(/store unavailable; using the last good definitions ageMinutes=/, since)
    equal(await service().property('ActiveState'), 'active')
    await machine.run('chmod 600 /var/lib/rcron/rcron.db*')
    await service().said(/the store answers again/, since, 30_000)
  })

  test('a database URL comes as a credential; until the database has been asked, the service is not ready', async () => {
    const { machine } = service()
    const connected = 'require("fs").writeFileSync("/run/connected", "")'
    await machine.run(`
      systemd-run --quiet --unit=silent-database /opt/rcron/bin/node --eval \\
        'require("net").createServer(() => ${connected}).listen(3306, "127.0.0.1")'
      mkdir -p /etc/credstore
      (umask 077; echo 'mysql://rcron:${PASSWORD}@127.0.0.1:3306/rcron' >${URL_CREDENTIAL})
    `)
    const since = await service().now()
    await machine.run('systemctl restart --no-block rcron')
    const asked = async () => (await machine.attempt('test -e /run/connected')).status === 0
    await eventually('the daemon asks the database', asked, 10_000)
    equal(await service().property('ActiveState'), 'activating')
    await service().said(/cannot read the store/, since, STORE_DEADLINE_MS)
    await service().said(/^Started rcron/, since, STORE_DEADLINE_MS)
    match(await service().property('StatusText'), /no definitions yet/)
    const stopAsked = performance.now()
    await service().systemctl('stop')
    equal(performance.now() - stopAsked < 5_000, true, 'stoppable while it has neither store nor cache')
    const lines = (await service().journal(since)).map(({ message }) => message).join('\n')
    match(lines, /127\.0\.0\.1/)
    doesNotMatch(lines, new RegExp(PASSWORD))
    await machine.run(`systemctl stop silent-database; rm ${URL_CREDENTIAL}`)
    await service().systemctl('start')
  })

  test('without the cache key the unit does not start, and systemd says what is missing', async () => {
    const { machine } = service()
    await machine.run('mv /etc/rcron/cache-key /etc/rcron/away')
    const since = await service().now()
    equal((await machine.attempt('systemctl restart rcron')).status, 1)
    await service().said(/credential/i, since)
    await machine.run('mv /etc/rcron/away /etc/rcron/cache-key; systemctl reset-failed rcron')
    await service().systemctl('start')
  })
}

function expectNone(pid: number): string {
  return `/proc/${pid}/environ:0\n/proc/${pid}/cmdline:0`
}
