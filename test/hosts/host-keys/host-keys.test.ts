import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import type { HostKeyPolicy } from '../../../src/hosts/host-keys/host-key-verdict.ts'
import { createHostKeys } from '../../../src/hosts/host-keys/host-keys.ts'
import { hashHostName } from '../../../src/hosts/host-keys/host-name.ts'
import { exclusively } from '../../../src/platform/files/exclusion.ts'
import { Scratch } from '../../secrets/make-keys.ts'
import { realClock as clock } from '../../support/real-clock.ts'
import { recordingLog } from './recording-log.ts'

const scratch = new Scratch()
after(() => scratch[Symbol.dispose]())
scratch.sshKey('ed', '-t', 'ed25519')
scratch.sshKey('ed2', '-t', 'ed25519')
scratch.sshKey('rsa', '-t', 'rsa', '-b', '2048')
scratch.sshKey('ec', '-t', 'ecdsa', '-b', '256')
const blob = (name: string) => scratch.publicBlob(name)
const publicLine = (name: string) => readFileSync(`${scratch.file(name)}.pub`, 'utf8').trim()

function fingerprint(name: string): string {
  return execFileSync('ssh-keygen', ['-lf', `${scratch.file(name)}.pub`], { encoding: 'utf8' }).split(' ')[1] ?? ''
}

let files = 0
/** A known_hosts of its own with these lines, or none yet. */
function knownHosts(lines: readonly string[] | null, policy: HostKeyPolicy = 'accept-new') {
  files += 1
  const file = scratch.file(`known_hosts${files}`)
  if (lines !== null) writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  const log = recordingLog()
  return { file, log, hostKeys: createHostKeys({ file, policy, clock, log }) }
}

test('A4: accept-new learns a key on first contact and knows it from then on', async () => {
  const { file, log, hostKeys } = knownHosts(null)
  const first = await hostKeys.verify('Db1.Lab', 22, blob('ed'))
  equal(first.kind, 'learned')
  equal(first.accepted, true)
  equal(first.fingerprint, fingerprint('ed'))
  equal(readFileSync(file, 'utf8'), `db1.lab ${publicLine('ed')}\n`)
  equal(statSync(file).mode & 0o777, 0o600)
  const second = await hostKeys.verify('db1.lab', 22, blob('ed'))
  equal(second.kind, 'known')
  match(second.reason, /line 1 \(ssh-ed25519 SHA256:/)
  deepEqual(
    log.lines.map(({ level }) => level),
    ['info'],
  )
})

test('another port is another host', async () => {
  const { file, hostKeys } = knownHosts([`db1 ${publicLine('ed')}`])
  equal((await hostKeys.verify('db1', 2222, blob('rsa'))).kind, 'learned')
  match(execFileSync('ssh-keygen', ['-F', '[db1]:2222', '-f', file], { encoding: 'utf8' }), /found: line 2/)
})

for (const policy of ['accept-new', 'strict'] as const) {
  test(`A4: ${policy} refuses a changed key with an alarm that names both keys, the line and the remedy`, async () => {
    const { file, log, hostKeys } = knownHosts(['# first', `db1,db2 ${publicLine('ed')}`], policy)
    const verdict = await hostKeys.verify('db1', 22, blob('ed2'))
    equal(verdict.kind, 'changed')
    equal(verdict.accepted, false)
    for (const part of [fingerprint('ed'), fingerprint('ed2'), 'line 2', `ssh-keygen -R db1 -f ${file}`]) {
      ok(verdict.reason.includes(part), part)
    }
    equal(log.lines[0]?.level, 'alarm')
    equal((await hostKeys.verify('db1', 22, blob('ed2'))).accepted, false)
  })

  test(`${policy} takes a key of another type for a changed one`, async () => {
    equal(
      (await knownHosts([`db1 ${publicLine('ed')}`], policy).hostKeys.verify('db1', 22, blob('rsa'))).kind,
      'changed',
    )
  })

  test(`A4: ${policy} refuses a revoked key, known or not, with an alarm`, async () => {
    const { log, hostKeys } = knownHosts([`db1 ${publicLine('ed')}`, `@revoked * ${publicLine('ed')}`], policy)
    const verdict = await hostKeys.verify('db1', 22, blob('ed'))
    deepEqual([verdict.kind, verdict.accepted], ['revoked', false])
    match(verdict.reason, /line 2/)
    deepEqual([(await hostKeys.verify('new', 22, blob('ed'))).kind, log.lines.length], ['revoked', 2])
    deepEqual(new Set(log.lines.map(({ level }) => level)), new Set(['alarm']))
  })
}

test('A4: strict refuses an unknown key, says how to add it, and writes nothing', async () => {
  const { file, hostKeys } = knownHosts([], 'strict')
  const verdict = await hostKeys.verify('db1', 2222, blob('ed'))
  deepEqual([verdict.kind, verdict.accepted], ['unknown', false])
  match(verdict.reason, /ssh-keyscan -p 2222 db1 >> /)
  equal(readFileSync(file, 'utf8'), '')
})

test('off accepts everything and touches nothing', async () => {
  const { file, hostKeys } = knownHosts([`@revoked * ${publicLine('ed')}`], 'off')
  const before = readFileSync(file)
  deepEqual(
    [(await hostKeys.verify('a', 22, blob('ed'))).kind, (await hostKeys.verify('a', 22, blob('ed'))).accepted],
    ['unchecked', true],
  )
  ok(readFileSync(file).equals(before))
})

test('ssh-keygen -R lets a host be learnt anew, and a line added by hand counts at once', async () => {
  const { file, hostKeys } = knownHosts([`other ${publicLine('ed')}`])
  await hostKeys.verify('db1', 22, blob('ed'))
  equal((await hostKeys.verify('db1', 22, blob('ed2'))).kind, 'changed')
  execFileSync('ssh-keygen', ['-R', 'db1', '-f', file], { stdio: 'pipe' })
  equal((await hostKeys.verify('db1', 22, blob('ed2'))).kind, 'learned')
  writeFileSync(file, `db1 ${publicLine('rsa')}\n`, { flag: 'a' })
  equal((await hostKeys.verify('db1', 22, blob('rsa'))).kind, 'known')
})

test('a learnt line starts on a line of its own where the file lacks its last newline', async () => {
  const { file, hostKeys } = knownHosts(null)
  writeFileSync(file, `db1 ${publicLine('ed')}`)
  equal((await hostKeys.verify('db2', 22, blob('rsa'))).kind, 'learned')
  equal(readFileSync(file, 'utf8'), `db1 ${publicLine('ed')}\ndb2 ${publicLine('rsa')}\n`)
})

test('a name that ssh-keygen has hashed is known', async () => {
  const { file, hostKeys } = knownHosts([`[secret.lab]:2222 ${publicLine('ed')}`])
  execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' })
  ok(!readFileSync(file, 'utf8').includes('secret'))
  equal((await hostKeys.verify('secret.lab', 2222, blob('ed'))).kind, 'known')
})

test('a host name that would mean something else in known_hosts is never written there', async () => {
  const { file, hostKeys } = knownHosts([])
  for (const host of ['*', 'a,b', 'a b', 'a\nb', '!a', '@revoked', '#a', 'a?', '[a]', '|1|x|y', '']) {
    deepEqual([(await hostKeys.verify(host, 22, blob('ed'))).accepted, readFileSync(file, 'utf8')], [false, ''], host)
  }
})

test('bytes that are no key are refused', async () => {
  const { file, hostKeys } = knownHosts(null)
  for (const bytes of [
    Buffer.alloc(0),
    Buffer.from('key'),
    blob('ed').subarray(1),
    Buffer.concat([blob('ed'), blob('ed')]),
  ]) {
    equal((await hostKeys.verify('db1', 22, bytes)).accepted, false)
  }
  equal((await knownHosts([]).hostKeys.verify('a', 22, blob('ec'))).accepted, true)
  equal(statSync(file, { throwIfNoEntry: false }), undefined)
})

test('a known_hosts that cannot be read or written refuses, and says why', async () => {
  const directory = knownHosts(null)
  mkdirSync(directory.file)
  const unreadable = await directory.hostKeys.verify('db1', 22, blob('ed'))
  deepEqual([unreadable.accepted, unreadable.kind], [false, 'unknown'])
  match(unreadable.reason, /cannot be checked.*EISDIR/)
  const nowhere = createHostKeys({
    file: '/proc/nowhere/known_hosts',
    policy: 'accept-new',
    clock,
    log: recordingLog(),
  })
  match(
    (await nowhere.verify('db1', 22, blob('ed'))).reason,
    /was not learnt: writing \/proc\/nowhere\/known_hosts failed \(E/,
  )
  equal(nowhere.algorithmsFor('db1', 22, false).length, 6)
})

test('a symbolic link is followed, its target kept', async () => {
  const { file, hostKeys } = knownHosts(null)
  symlinkSync(scratch.write('target', ''), file)
  equal((await hostKeys.verify('db1', 22, blob('ed'))).kind, 'learned')
  equal(readFileSync(scratch.file('target'), 'utf8'), `db1 ${publicLine('ed')}\n`)
})

test('A5: only the key types that are known of a host are offered', () => {
  const { hostKeys } = knownHosts([
    `rsa ${publicLine('rsa')}`,
    `${hashHostName('hashed')} ${publicLine('ec')}`,
    `*.wild ${publicLine('ed')}`,
    `@revoked revoked ${publicLine('ed')}`,
    `both ${publicLine('rsa')}`,
    `both ${publicLine('ed')}`,
  ])
  const modern = [
    'ssh-ed25519',
    ...[256, 384, 521].map((bits) => `ecdsa-sha2-nistp${bits}`),
    'rsa-sha2-512',
    'rsa-sha2-256',
  ]
  deepEqual(hostKeys.algorithmsFor('rsa', 22, false), ['rsa-sha2-512', 'rsa-sha2-256'])
  deepEqual(hostKeys.algorithmsFor('RSA', 22, true), ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'])
  deepEqual(hostKeys.algorithmsFor('hashed', 22, true), ['ecdsa-sha2-nistp256'])
  deepEqual(hostKeys.algorithmsFor('a.wild', 22, false), ['ssh-ed25519'])
  deepEqual(hostKeys.algorithmsFor('both', 22, false), ['ssh-ed25519', 'rsa-sha2-512', 'rsa-sha2-256'])
  for (const host of ['revoked', 'unknown']) deepEqual(hostKeys.algorithmsFor(host, 22, false), modern)
  deepEqual(hostKeys.algorithmsFor('rsa', 2222, true), [...modern, 'ssh-rsa', 'ssh-dss'])
  const explain = (host: string, ...offered: readonly string[]) => hostKeys.explainNoCommonAlgorithm(host, 22, offered)
  match(explain('rsa', 'ssh-ed25519').reason, /line 1 \(ssh-rsa SHA256:.*ssh-keygen -R rsa /)
  match(explain('rsa', 'ssh-rsa').reason, /it offers ssh-rsa; for an old host set legacy_algorithms = 1/)
  match(explain('unknown', 'ssh-dss').reason, /it offers ssh-dss; for an old host set legacy_algorithms = 1/)
  deepEqual(
    ['ssh-dss', 'ssh-ed448'].map((type) => explain('unknown', type).wouldLegacyDo),
    [true, false],
  )
  match(explain('unknown', 'ssh-ed448', 'x\u001b[0m').reason, /it offers ssh-ed448; give it an Ed25519 key/)
})

test('processes that meet the same hosts at once learn each host once, and one key only', async () => {
  const { file, hostKeys } = knownHosts(null)
  const program = new URL('./learn-many.ts', import.meta.url).pathname
  const run = (key: string) =>
    promisify(execFile)(process.execPath, [program, file, blob(key).toString('base64'), '60'])
  const outputs = await Promise.all(['ed', 'ed2', 'ed', 'ed2'].map(run))
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  equal(lines.length, 60)
  equal(new Set(lines.map((line) => line.split(' ')[0])).size, 60)
  for (let host = 0; host < 60; host++) {
    const winner = (await hostKeys.verify(`host${host}`, 22, blob('ed'))).accepted ? 0 : 1
    for (const [index, { stdout }] of outputs.entries()) {
      match(stdout[host] ?? '', index % 2 === winner ? /[kl]/ : /c/, `host${host} in process ${index}`)
    }
  }
})

test('a lock file that another process left is no lock', async () => {
  const { file, hostKeys } = knownHosts(null)
  writeFileSync(`${file}.lock`, '')
  equal((await hostKeys.verify('db1', 22, blob('ed'))).kind, 'learned')
})

test('while another holder has the lock a key waits to be learnt, and nothing else does', async () => {
  const { file, hostKeys } = knownHosts([`known ${publicLine('ed')}`])
  const seen: string[] = []
  const learning = await exclusively({ path: `${file}.lock`, clock, waitMs: 0 }, async () => {
    const learning = hostKeys.verify('new', 22, blob('ed')).then(({ kind }) => seen.push(kind))
    seen.push((await hostKeys.verify('known', 22, blob('ed'))).kind)
    return [learning]
  })
  await Promise.all(learning)
  deepEqual(seen, ['known', 'learned'])
})

test('where the lock cannot be had, a key is learnt all the same', async () => {
  const { file, hostKeys } = knownHosts(null)
  mkdirSync(`${file}.lock`)
  equal((await hostKeys.verify('db1', 22, blob('ed'))).kind, 'learned')
})

test('a key learnt by another process between two looks is not learnt twice', async () => {
  const { file, hostKeys } = knownHosts([])
  equal(hostKeys.algorithmsFor('db1', 22, false).length, 6)
  writeFileSync(file, `db1 ${publicLine('ed')}\n`)
  equal((await hostKeys.verify('db1', 22, blob('ed'))).kind, 'known')
  rmSync(file)
  chmodSync(scratch.path, 0o700)
  equal((await hostKeys.verify('db1', 22, blob('ed2'))).kind, 'learned')
})
