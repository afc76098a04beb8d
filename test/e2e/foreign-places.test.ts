import { deepEqual, equal, match } from 'node:assert/strict'
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { RcronCommand } from '../support/rcron-command.ts'

const STRANGER = 65_534
const skip = process.getuid?.() === 0 ? false : 'only root can make files of others'

function anRcron(t: TestContext): RcronCommand {
  const rcron = new RcronCommand({ RCRON_LOG_FORMAT: 'text' })
  t.after(() => rcron[Symbol.dispose]())
  mkdirSync(rcron.stateDirectory, { mode: 0o700 })
  return rcron
}

test("F9: root leaves nothing in another user's state directory, and is told the command that works", {
  skip,
}, async (t) => {
  const rcron = anRcron(t)
  chownSync(rcron.stateDirectory, STRANGER, STRANGER)
  for (const words of [['init'], ['test'], ['tick'], ['daemon'], ['cron', 'list'], ['check']]) {
    const { status, stdout, stderr } = await rcron.run(words)
    match(stdout + stderr, /state directory .*: it belongs to (nobody, )?user id 65534, expected that only root/)
    match(
      stdout + stderr,
      /run this as that user: (runuser -u nobody --|setpriv --reuid=65534 --clear-groups) env RCRON_/,
    )
    equal(status, words[0] === 'check' ? 10 : 2, words.join(' '))
    deepEqual(readdirSync(rcron.stateDirectory), [])
  }
})

test('F7: every place that others can change is named at once, and nothing is read or made there', {
  skip,
}, async (t) => {
  const rcron = anRcron(t)
  chmodSync(rcron.stateDirectory, 0o777)
  const open = join(rcron.directory, 'open')
  mkdirSync(open)
  chmodSync(open, 0o777)
  const env = {
    RCRON_CACHE_FILE: join(open, 'cache'),
    RCRON_KNOWN_HOSTS_FILE: join(rcron.directory, 'his'),
    RCRON_DATABASE_URL: `sqlite:${join(rcron.directory, 'his.db')}`,
    RCRON_SECRETS_DIR: join(rcron.directory, 'secrets'),
  }
  symlinkSync('/root', env.RCRON_SECRETS_DIR)
  lchownSync(env.RCRON_SECRETS_DIR, STRANGER, STRANGER)
  for (const name of ['his', 'his.db']) {
    writeFileSync(join(rcron.directory, name), '')
    chownSync(join(rcron.directory, name), STRANGER, STRANGER)
  }
  const { status, stderr } = await rcron.run(['tick'], { env })
  equal(status, 2)
  match(stderr, /state directory .*state: it can be written by others \(mode 777\).*RCRON_STATE_DIR/)
  match(stderr, /cache .*cache: .*open, on the way to it, can be written by others.*RCRON_CACHE_FILE/)
  match(stderr, /known_hosts .*his: it belongs to .*65534/)
  match(stderr, /SQLite file .*his.db: it belongs to .*65534/)
  match(stderr, /secrets directory .*secrets: it belongs to .*65534/)
  deepEqual([...readdirSync(open), ...readdirSync(rcron.stateDirectory)], [])
})

test('F7: a cache key that others can read is refused', { skip }, async (t) => {
  const rcron = anRcron(t)
  await rcron.ok('init')
  const key = join(rcron.stateDirectory, 'cache.key')
  writeFileSync(key, 'ab'.repeat(32))
  chmodSync(key, 0o644)
  const { status, stderr } = await rcron.run(['check'])
  equal(status, 10)
  match(stderr, /cache key .*others can read it \(mode 644\), expected 600; run chmod 600 .*cache\.key/)
})

test('F7: a lock directory behind a link of somebody else is refused', { skip }, async (t) => {
  const rcron = anRcron(t)
  await rcron.ok('init')
  const parent = join(rcron.directory, 'parent')
  mkdirSync(join(parent, 'locks'), { recursive: true, mode: 0o700 })
  chownSync(parent, STRANGER, STRANGER)
  const { status, stderr } = await rcron.run(['tick'], { env: { RCRON_LOCK_DIR: join(parent, 'locks') } })
  equal(status, 1)
  match(stderr, /lock directory .*: .*parent, on the way to it, belongs to .*65534/)
})

test('F7: a lock directory that is a link of somebody else is refused, and one of somebody else named as such', {
  skip,
}, async (t) => {
  const rcron = anRcron(t)
  await rcron.ok('init')
  const sticky = join(rcron.directory, 'sticky')
  mkdirSync(sticky)
  chmodSync(sticky, 0o1777)
  const own = join(rcron.directory, 'own')
  mkdirSync(own, { mode: 0o700 })
  symlinkSync(own, join(sticky, 'link'))
  lchownSync(join(sticky, 'link'), STRANGER, STRANGER)
  mkdirSync(join(sticky, 'his'), { mode: 0o700 })
  chownSync(join(sticky, 'his'), STRANGER, STRANGER)
  for (const name of ['link', 'his']) {
    const { status, stderr } = await rcron.run(['tick'], { env: { RCRON_LOCK_DIR: join(sticky, name) } })
    equal(status, 1)
    match(stderr, new RegExp(`lock directory .*${name}: it belongs to .*65534.*RCRON_LOCK_DIR`, 's'))
  }
  deepEqual([...readdirSync(own), ...readdirSync(join(sticky, 'his'))], [])
})

test("F9: a stranger's .env commands nobody, and each command says that it was ignored", { skip }, async (t) => {
  const rcron = anRcron(t)
  await rcron.ok('init')
  const path = join(rcron.directory, '.env')
  const trap = join(rcron.directory, 'trap')
  writeFileSync(path, `RCRON_LOCK_DIR=${trap}\nRCRON_LOG_LEVEL=nonsense\n`)
  chownSync(path, STRANGER, STRANGER)
  for (const words of [['init'], ['check'], ['cron', 'list'], ['tick'], ['next', '@daily'], ['settings']]) {
    const { status, stdout, stderr } = await rcron.run(words)
    equal(status, 0, words.join(' '))
    match(stdout + stderr, /\.env.* is ignored: it belongs to .*user id 65534/)
  }
  equal(existsSync(trap), false)
})

test('a file that SQLite is pointed at by mistake keeps its mode', { skip }, async (t) => {
  const rcron = anRcron(t)
  const victim = join(rcron.directory, 'passwd')
  writeFileSync(victim, 'root:x:0:0:root:/root:/bin/sh\n', { mode: 0o644 })
  for (const words of [['check'], ['cron', 'list'], ['next']]) {
    const { status } = await rcron.run(words, { env: { RCRON_DATABASE_URL: `sqlite:${victim}` } })
    equal(status, 1)
    equal(statSync(victim).mode & 0o777, 0o644)
  }
})
