import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { type LabHost, PlainLab } from '../../support/plain-lab.ts'
import { makeKey, type Sshd, startSshd } from '../../support/sshd.ts'
import { waitUntil } from '../../support/wait-until.ts'
import { createThrowAwayUser } from '../hosts/throw-away-user.ts'

const PASSWORD = 'correct horse battery staple'
const WRONG = 'Tr0ub4dor and 3'

const directory = mkdtempSync(join(tmpdir(), 'rcron-keys-'))
after(() => rmSync(directory, { recursive: true }))

/** A server that lets an account of its own in by the `config` given; `logins` are the methods that were tried on it, in order. */
async function aHost(t: TestContext, config: readonly string[]) {
  const user = createThrowAwayUser()
  t.after(() => user.remove())
  user.setPassword(PASSWORD)
  const sshd = await startSshd({
    config: ['LogLevel DEBUG', `AuthorizedKeysFile ${user.home}/.ssh/authorized_keys`, ...config],
    environment: { HOME: user.home },
  })
  t.after(() => sshd.stop())
  user.admit(sshd.clientKey.publicKey)
  const on = { port: sshd.port, user: user.name }
  return { user, sshd, byPassword: { ...on, secret: PASSWORD }, byWrong: { ...on, secret: WRONG }, on }
}

async function refusalOf(lab: PlainLab, on: LabHost): Promise<string> {
  const { outcome } = await lab.run(on, 'true')
  return outcome.kind === 'refused' ? outcome.reason : `not refused but ${outcome.kind}`
}

/** The methods by which a login was asked for, once the server has told the end of each of so many connections. */
async function loginsOn(sshd: Sshd, connections: number): Promise<readonly string[]> {
  await waitUntil('it has told the end of every connection', async () =>
    (sshd.log().match(/^(Disconnected from|Connection (closed|reset) by) /gm)?.length ?? 0) >= connections
      ? true
      : null,
  )
  return [...sshd.log().matchAll(/userauth-request for user \S+ service ssh-connection method (\S+)/g)].map(
    ([, method]) => method ?? '',
  )
}

test('A4: strict takes no unknown key of a real server, and the password is never sent', async (t) => {
  const { sshd, byWrong } = await aHost(t, [])
  await using lab = new PlainLab({ hostKeys: 'strict' })
  match(await refusalOf(lab, byWrong), /unknown host key/i)
  deepEqual(await loginsOn(sshd, 1), [])
})

test('A4: a changed key of a real server is refused with an alarm, and the password is never sent', async (t) => {
  const { sshd, byWrong } = await aHost(t, [])
  await using lab = new PlainLab()
  const stranger = makeKey(join(directory, 'stranger'))
  writeFileSync(lab.knownHosts, `[127.0.0.1]:${sshd.port} ${stranger.publicKey}\n`)
  match(await refusalOf(lab, byWrong), /HOST KEY CHANGED/)
  equal(lab.log.of('alarm').length, 1)
  deepEqual(await loginsOn(sshd, 1), [])
})

test('A7: a wrong password is refused, sent once, and named nowhere; the right one is let in at once', async (t) => {
  const { sshd, byWrong, byPassword } = await aHost(t, ['KbdInteractiveAuthentication yes'])
  await using lab = new PlainLab()
  const reasons = await Promise.all(Array.from({ length: 3 }, () => refusalOf(lab, byWrong)))
  match(reasons[0] ?? '', /did not accept the password; it accepts .*password.*keyboard-interactive/)
  deepEqual(await loginsOn(sshd, 1), ['none', 'password'])
  equal(sshd.log().match(/^Failed password for/gm)?.length, 1)
  ok(!JSON.stringify([reasons, lab.log.entries]).includes(WRONG))
  deepEqual((await lab.run(byPassword, 'true')).outcome, { kind: 'succeeded' })
})

test('A10: publickey and password both required: works, and a wrong password is told from a wrong key', async (t) => {
  const { on, sshd, user } = await aHost(t, ['AuthenticationMethods publickey,password'])
  const secret = sshd.clientKey.contents
  await using lab = new PlainLab()
  const { outcome, output } = await lab.run({ ...on, secret, passphrase: PASSWORD }, 'id -un')
  deepEqual([outcome, output.head], [{ kind: 'succeeded' }, `${user.name}\n`])
  await using other = new PlainLab()
  match(await refusalOf(other, { ...on, secret, passphrase: WRONG }), /did not accept the password/)
  await using keyless = new PlainLab()
  match(await refusalOf(keyless, { ...on, secret: PASSWORD }), /the auth has a password; it accepts publickey/)
})

test('A10: keyboard-interactive alone: works, and a second prompt is refused, saying what was asked', async (t) => {
  const { byPassword, sshd, user } = await aHost(t, [
    'UsePAM yes',
    'KbdInteractiveAuthentication yes',
    'AuthenticationMethods keyboard-interactive',
  ])
  await using lab = new PlainLab()
  deepEqual((await lab.run(byPassword, 'true')).outcome, { kind: 'succeeded' })
  match(sshd.log(), /^Accepted keyboard-interactive\/pam/m)
  user.expirePassword()
  await using later = new PlainLab()
  match(await refusalOf(later, byPassword), /it asks "You are required to change your password.* too/)
})
