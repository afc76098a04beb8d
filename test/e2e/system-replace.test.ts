import { deepEqual, equal, match } from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fingerprintOf } from '../../src/hosts/host-keys/key-blob.ts'
import { parsePublicKey } from '../../src/hosts/host-keys/pin-host-key.ts'
import { answering } from '../support/answering.ts'
import { startMariadb } from '../support/mariadb.ts'
import { ResidentRcron } from '../support/resident-rcron.ts'
import { makeKey, type Sshd, startSshd } from '../support/sshd.ts'
import { until } from '../support/wait-until.ts'

type Fields = Readonly<Record<string, unknown>>

const HOST = '127.0.0.1'
const [mariadb, one, two] = await Promise.all([startMariadb(), startSshd(), startSshd()])
const engines: readonly (readonly [string, ResidentRcron])[] = [
  ['SQLite', new ResidentRcron()],
  ['MariaDB', new ResidentRcron({ RCRON_DATABASE_URL: mariadb.url })],
]
after(async () => {
  for (const [, rcron] of engines) rcron[Symbol.dispose]()
  await Promise.all([mariadb.stop(), one.stop(), two.stop()])
})

/** As `ssh-keygen -lf` prints it. */
function fingerprintOn({ hostKey }: Sshd): string {
  return fingerprintOf(parsePublicKey(readFileSync(`${hostKey.path}.pub`, 'utf8')))
}

/** The machine is installed again. */
async function rebuild(sshd: Sshd): Promise<void> {
  for (const path of [sshd.hostKey.path, `${sshd.hostKey.path}.pub`]) rmSync(path)
  makeKey(sshd.hostKey.path)
  await sshd.restart()
}

/** Has another process carry `words` out once `question` is asked, and answers yes after that. */
function meanwhile(question: string, words: readonly string[]): string {
  const other = `        import subprocess; subprocess.run(sys.argv[1:3] + ${JSON.stringify(words)}, check=True, stdout=2)\n`
  return answering(question, 'y').replace('        os.write(', `${other}        os.write(`)
}

const at = (port: number) => `${HOST}:${port}`

for (const [engine, rcron] of engines) {
  const replace = (...words: readonly string[]) => rcron.run(['system', 'replace', ...words])
  const systems = async () => (await rcron.list('system')).map(({ id, port }) => [id, port])
  const hosts = async () => (await rcron.list('cron')).map(({ cron_name, host }) => [cron_name, host])
  const result = async () => JSON.parse((await rcron.run(['test', '1', '--json'])).stdout)[0].result as unknown
  const knownHosts = () => readFileSync(join(rcron.stateDirectory, 'known_hosts'), 'utf8')

  test(`${engine}: a machine that was rebuilt gets its new host key, once that is confirmed`, async () => {
    await rcron.ok('init')
    await rcron.ok('auth', 'add', '--user', one.user, '--key', one.clientKey.path)
    await rcron.ok('system', 'add', '--host', HOST, '--port', String(one.port))
    await rcron.ok(
      'cron',
      'add',
      '--name',
      'dump',
      '--command',
      'true',
      '--schedule',
      '@daily',
      '--host',
      '1',
      '--user',
      '1',
    )
    equal(await result(), 'works')
    await rebuild(one)
    equal(await result(), 'fails')
    const before = knownHosts()

    const words = ['1', at(one.port)]
    const unsure = await replace(...words)
    equal(unsure.status, 6)
    match(
      unsure.stdout,
      /cron 1 "dump" as \S+ stays on system 1\n.* shows the ssh-ed25519 key SHA256:\S+\n {2}in place of/,
    )
    match(unsure.stderr, new RegExp(`not confirmed.*\\n.*--host-key ${fingerprintOn(one).replace(/[+/]/g, '.')}`))
    const wrong = await replace(...words, '--host-key', fingerprintOn(two))
    equal(wrong.status, 6)
    match(wrong.stderr, /expected SHA256:\S+; nothing was changed/)
    equal((await replace(...words, '--host-key', 'SHA256:short')).status, 2)
    equal((await replace(...words, '--yes', '--dry-run')).status, 0)
    const no = await rcron.inTerminal(answering('Is this its key', 'n'), ['system', 'replace', ...words])
    equal(no.status, 6, no.stdout)
    equal(knownHosts(), before)

    const done = await replace(...words, '--host-key', fingerprintOn(one))
    equal(done.status, 0, done.stderr)
    equal(await result(), 'works')
    deepEqual(await systems(), [[1, one.port]])
    match((await replace(...words)).stdout, /which is known\nThere is nothing to change\.\n/)
  })

  test(`${engine}: a system that moves keeps its id, its crons and its pauses`, async () => {
    await rcron.ok('pause', `system:${at(one.port)}`, '--reason', 'it moves')
    const word = at(two.port)
    const answer = await rcron.inTerminal(answering('Is this its key', 'y'), ['system', 'replace', '1', word])
    equal(answer.status, 0, answer.stdout)
    deepEqual(await systems(), [[1, two.port]])
    deepEqual(await hosts(), [['dump', word]])
    match(String((await rcron.list('cron'))[0]?.['paused']), new RegExp(`system:${word} is paused .*it moves`))
    match(knownHosts(), new RegExp(`\\[${HOST}\\]:${two.port} `))
    const [moved] = ((await rcron.json('audit')) as { readonly items: readonly Fields[] }).items.filter(
      ({ action, subject }) => action === 'replace' && String(subject).startsWith('system 1'),
    )
    match(JSON.stringify(moved), new RegExp(`${one.port}.*${two.port}`))
  })

  test(`${engine}: another system gets the crons, and the old one goes with its pause`, async () => {
    await rcron.ok('system', 'add', '--host', HOST, '--port', String(one.port), '--name', 'spare')
    const dry = (await rcron.json('system', 'replace', '1', 'spare', '--dry-run')) as Fields
    deepEqual([dry['kind'], dry['is_done'], dry['crons']], ['merged', false, [{ id: 1, name: 'dump', user: 1 }]])
    deepEqual(await systems(), [
      [1, two.port],
      [2, one.port],
    ])
    await rcron.ok(
      'cron',
      'add',
      '--name',
      'dump',
      '--command',
      'false',
      '--schedule',
      '@daily',
      '--host',
      'spare',
      '--user',
      '1',
    )
    const doubled = await replace('1', 'spare', '--yes')
    equal(doubled.status, 6)
    match(doubled.stderr, /crons 1 and 2 of job "dump" would both be on/)
    await rcron.ok('cron', 'remove', '2')
  })

  test(`${engine}: what somebody changes meanwhile is not written over, and all stays as it is`, async () => {
    await rcron.ok('system', 'edit', '1', '--tags', 'old')
    const other = ['cron', 'edit', '1', '--command', 'uptime -p']
    await rcron.ok('cron', 'list')
    const words = ['system', 'replace', '1', 'spare']
    const late = await rcron.inTerminal(meanwhile('eplace the system?', other), words)
    equal(late.status, 6, late.stdout)
    match(late.stdout, /cron 1 \(dump\) was changed by somebody else meanwhile: cron_path/)
    deepEqual(await hosts(), [['dump', at(two.port)]])
    equal((await systems()).length, 2)

    equal((await replace('1', 'spare', '--yes')).status, 0)
    deepEqual(await systems(), [[2, one.port]])
    deepEqual(
      (await rcron.list('cron')).map(({ host, paused }) => [host, paused]),
      [[at(one.port), undefined]],
    )
  })

  test(`${engine}: while a run is active there it is refused, unless forced`, async () => {
    const flag = join(rcron.directory, 'end')
    await rcron.ok('cron', 'edit', '1', '--command', `until [ -e ${flag} ]; do sleep 0.1; done`)
    await rcron.ok('cron', 'enable', '1')
    const tick = rcron.start(['tick', '--at', '2026-03-01T00:00', 'dump'])
    const locks = join(rcron.stateDirectory, 'locks')
    await until('a lock', () => existsSync(locks) && readdirSync(locks).some((name) => name.endsWith('.rcron')))
    const words = ['2', at(two.port), '--yes']
    const refused = await replace(...words)
    equal(refused.status, 6, refused.stdout)
    match(refused.stderr, /has a run (?:active|waiting to start) on .*\n.*active on system 2; nothing was changed/)
    equal((await replace(...words, '--force')).status, 0)
    deepEqual(await systems(), [[2, two.port]])
    writeFileSync(flag, '')
    const ended = Promise.withResolvers<void>()
    tick.on('close', () => ended.resolve())
    if (tick.exitCode === null) await ended.promise
  })

  test(`${engine}: a machine that does not answer, or is none, changes nothing`, async () => {
    const away = await replace('2', `${HOST}:1`, '--yes')
    equal(away.status, 1)
    match(away.stderr, /the host key cannot be read: 127\.0\.0\.1:1: connection refused.*; nothing was changed/)
    equal((await replace('9', HOST)).status, 4)
    equal((await replace('2', '9')).status, 4)
    equal((await replace('2', 'root@db1')).status, 2)
    deepEqual(await systems(), [[2, two.port]])
  })
}
