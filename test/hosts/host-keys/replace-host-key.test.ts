import { equal, match, rejects } from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createHostKeys } from '../../../src/hosts/host-keys/host-keys.ts'
import { hashHostName } from '../../../src/hosts/host-keys/host-name.ts'
import { parsePublicKey } from '../../../src/hosts/host-keys/pin-host-key.ts'
import { replaceHostKey } from '../../../src/hosts/host-keys/replace-host-key.ts'
import { withoutName } from '../../../src/hosts/host-keys/without-name.ts'
import { RecordingLog } from '../../support/builders.ts'
import { realClock as clock } from '../../support/real-clock.ts'
import { makeKey } from '../../support/sshd.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-replaced-'))
after(() => rmSync(directory, { recursive: true }))
const [own, other] = ['own', 'other'].map((name) => makeKey(join(directory, name)).publicKey)
const KEY = parsePublicKey(other ?? '')

const hashed = hashHostName('db1')
const texts: readonly (readonly [string, string, string | null])[] = [
  ['a line of its own goes', 'db1 K A\ndb2 K B\n', 'db2 K B\n'],
  ['upper and lower case are one', 'DB1 K A\ndb2 K B\n', 'db2 K B\n'],
  ['all of its lines go', 'db1 K A\ndb2 K B\ndb1 L C\n', 'db2 K B\n'],
  ['a hashed line goes', `${hashed} K A\ndb2 K B\n`, 'db2 K B\n'],
  ['of a list its name goes', 'db1,10.0.0.1 K A comment\n', '10.0.0.1 K A comment\n'],
  ['another port is another name', '[db1]:2222 K A\n', '[db1]:2222 K A\n'],
  ['what is revoked stays', '@revoked db1 K A\n', '@revoked db1 K A\n'],
  ['authorities stay', '@cert-authority db1 K A\n', '@cert-authority db1 K A\n'],
  ['comments and empty lines stay', '# db1 K A\n\n', '# db1 K A\n\n'],
  ['a last line without its end goes', 'db2 K B\ndb1 K A', 'db2 K B'],
  ['a pattern is of others too', 'db* K A\n', null],
  ['a pattern beside the name is of others too', 'db1,db? K A\n', null],
  ['a pattern that does not mean it stays', 'web* K A\n', 'web* K A\n'],
  ['a negation stays', '*,!db1 K A\n', '*,!db1 K A\n'],
]
for (const [what, text, expected] of texts) test(what, () => equal(withoutName(text, 'db1'), expected))

test('the new key is the only one of its host and port, all else stays, and who reads the file follows', async () => {
  const file = join(directory, 'known_hosts')
  writeFileSync(file, `# ours\ndb1 ${own}\n[db1]:2222 ${own}\ndb2 ${own}`)
  chmodSync(file, 0o644)
  const link = join(directory, 'link')
  symlinkSync(file, link)
  const hostKeys = createHostKeys({ file: link, policy: 'strict', clock, log: new RecordingLog() })
  equal((await hostKeys.verify('db1', 22, KEY)).kind, 'changed')
  await replaceHostKey({ file: link, host: 'db1', port: 22, key: KEY, clock })
  equal((await hostKeys.verify('db1', 22, KEY)).kind, 'known')
  equal((await hostKeys.verify('db1', 22, parsePublicKey(own ?? ''))).kind, 'changed')
  equal((await hostKeys.verify('db1', 2222, KEY)).kind, 'changed')
  equal(readFileSync(file, 'utf8'), `# ours\n[db1]:2222 ${own}\ndb2 ${own}\ndb1 ${other}\n`)
  equal(statSync(file).mode & 0o777, 0o644)
  await replaceHostKey({ file: link, host: 'db1', port: 22, key: KEY, clock })
  equal(readFileSync(file, 'utf8').match(/^db1 /gm)?.length, 1)
})

test('the first key of a host is added, in a file that is made', async () => {
  const file = join(directory, 'state', 'known_hosts')
  await replaceHostKey({ file, host: 'db1', port: 2222, key: KEY, clock })
  equal(readFileSync(file, 'utf8'), `[db1]:2222 ${other}\n`)
})

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['a revoked key', `@revoked * ${other}\n`, /marks the key SHA256:\S+ of db1 @revoked in line 1/],
  ['a host that a pattern means', `db* ${own}\n`, /a pattern that means db1 and other hosts as well/],
]
for (const [what, text, expected] of refused) {
  test(`${what} is refused, and nothing is written`, async () => {
    const file = join(directory, 'refusing')
    writeFileSync(file, text)
    await rejects(() => replaceHostKey({ file, host: 'db1', port: 22, key: KEY, clock }), expected)
    equal(readFileSync(file, 'utf8'), text)
  })
}

test('a name that would mean others is not written', async () => {
  const file = join(directory, 'never')
  await rejects(
    () => replaceHostKey({ file, host: 'db*', port: 22, key: KEY, clock }),
    (error: Error) => {
      match(error.message, /"db\*" cannot be written/)
      return true
    },
  )
})
