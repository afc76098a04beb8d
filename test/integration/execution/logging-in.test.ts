import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { AuthContext } from 'ssh2'
import { aSystem } from '../../support/builders.ts'
import { type LabHost, PlainLab } from '../../support/plain-lab.ts'
import { startSshStub } from '../../support/ssh-stub.ts'
import { makeKey, startSshd } from '../../support/sshd.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-keys-'))
const sshd = await startSshd({ hostKeyTypes: ['ed25519', 'rsa'] })
after(async () => {
  await sshd.stop()
  rmSync(directory, { recursive: true })
})
const host: LabHost = { port: sshd.port, secret: sshd.clientKey.contents }
const [ed25519, rsa] = sshd.hostKeys
const stranger = makeKey(join(directory, 'stranger'))
const PASSWORD = 'correct horse battery staple'

async function refusalOf(lab: PlainLab, on: LabHost): Promise<string> {
  const { outcome } = await lab.run(on, 'true')
  return outcome.kind === 'refused'
    ? [outcome.reason, outcome.detail].filter(Boolean).join(' | ')
    : `not refused but ${outcome.kind}`
}

test('A4: a revoked key is refused with an alarm', async () => {
  await using lab = new PlainLab()
  writeFileSync(lab.knownHosts, `@revoked * ${ed25519?.publicKey}\n@revoked * ${rsa?.publicKey}\n`)
  match(await refusalOf(lab, host), /REVOKED HOST KEY/)
  equal(lab.log.of('alarm').length, 1)
})

test('A4: a key is learnt on first contact and holds from then on', async () => {
  await using lab = new PlainLab()
  deepEqual((await lab.run(host, 'true')).outcome, { kind: 'succeeded' })
  await using again = new PlainLab({ hostKeys: 'strict' })
  execFileSync('cp', [lab.knownHosts, again.knownHosts])
  deepEqual((await again.run(host, 'true')).outcome, { kind: 'succeeded' })
})

const name = `[127.0.0.1]:${sshd.port}`
const known: readonly (readonly [string, string])[] = [
  ['only the RSA key of a host that has better ones', `${name} ${rsa?.publicKey}\n`],
  ['a wildcard', `[127.0.0.*]:${sshd.port} ${ed25519?.publicKey}\n`],
  ['a negated line for others', `*,!other.example ${ed25519?.publicKey}\n`],
]
for (const [what, line] of known) {
  test(`A5: known_hosts holds ${what}: connects`, async () => {
    await using lab = new PlainLab({ hostKeys: 'strict' })
    writeFileSync(lab.knownHosts, line)
    deepEqual((await lab.run(host, 'true')).outcome, { kind: 'succeeded' })
  })
}

test('A5: known_hosts is hashed: connects', async () => {
  await using lab = new PlainLab({ hostKeys: 'strict' })
  writeFileSync(lab.knownHosts, `${name} ${ed25519?.publicKey}\n`)
  execFileSync('ssh-keygen', ['-H', '-f', lab.knownHosts], { stdio: 'pipe' })
  deepEqual((await lab.run(host, 'true')).outcome, { kind: 'succeeded' })
})

test('A7: a wrong key is refused, and tried once however many runs have it', async () => {
  await using lab = new PlainLab()
  const before = sshd.log().length
  const wrong = { port: sshd.port, secret: stranger.contents }
  match(await refusalOf(lab, wrong), /refused the login as .*: it did not accept the key; it accepts publickey/)
  const reasons = await Promise.all(Array.from({ length: 5 }, () => refusalOf(lab, wrong)))
  ok(
    reasons.every((reason) => /not tried again for \d+ s/.test(reason)),
    reasons[0],
  )
  equal(
    sshd
      .log()
      .slice(before)
      .match(/Connection from /g)?.length,
    1,
  )
})

test('A9: a key file that cannot be read is refused by name, and no connection is made', async () => {
  await using lab = new PlainLab()
  const connections = () => sshd.log().match(/^Connection from /gm)?.length
  const before = connections()
  match(await refusalOf(lab, { port: sshd.port, secret: join(directory, 'missing') }), /missing/)
  equal(connections(), before)
})

test('A9: an encrypted key opens with its passphrase', async () => {
  const key = makeKey(join(directory, 'locked'), 'ed25519', 'open sesame')
  await using accepting = await startSshd({ config: [`AuthorizedKeysFile ${key.path}.pub`] })
  await using lab = new PlainLab()
  const on = { port: accepting.port, secret: key.path }
  match(await refusalOf(lab, { ...on, passphrase: 'wrong' }), /passphrase/)
  deepEqual((await lab.run({ ...on, passphrase: 'open sesame' }, 'true')).outcome, { kind: 'succeeded' })
})

test('A10: two prompts in one breath: refused, saying what was asked', async () => {
  const authenticate = (it: AuthContext) => {
    if (it.method !== 'keyboard-interactive') return it.reject(['keyboard-interactive'])
    const prompts = ['Password: ', 'One-time code: '].map((prompt) => ({ prompt, echo: false }))
    return it.prompt(prompts, () => it.accept())
  }
  await using stub = await startSshStub({ authenticate })
  await using lab = new PlainLab()
  match(await refusalOf(lab, { port: stub.port, secret: PASSWORD }), /it asks "One-time code: " too/)
})

/** What a stranger may ask for a password by. */
const OTHER_PROMPTS = [
  [{ prompt: 'Password: ', echo: true }, /asks "Password: " and would show the answer/],
  [{ prompt: 'Your favourite word: ', echo: false }, /asks "Your favourite word: ", which is not for a password/],
] as const
for (const [prompt, why] of OTHER_PROMPTS) {
  test(`a password is not sent to a host that asks ${JSON.stringify(prompt)}`, async () => {
    const answers: string[] = []
    const authenticate = (it: AuthContext) => {
      if (it.method !== 'keyboard-interactive') return it.reject(['keyboard-interactive'])
      return it.prompt([prompt], (given) => {
        answers.push(...given)
        it.accept()
      })
    }
    await using stub = await startSshStub({ authenticate })
    await using lab = new PlainLab()
    match(await refusalOf(lab, { port: stub.port, secret: PASSWORD }), why)
    deepEqual(answers, [])
  })
}

test('a host that offers only what OpenSSH has dropped needs legacy_algorithms', async () => {
  await using old = await startSshd({
    config: ['KexAlgorithms diffie-hellman-group14-sha1', 'Ciphers aes128-cbc', 'MACs hmac-sha1'],
  })
  const on = { port: old.port, secret: old.clientKey.contents }
  await using lab = new PlainLab()
  const { outcome } = await lab.run(on, 'true')
  match(outcome.kind === 'unreachable' ? outcome.reason : outcome.kind, /no algorithm in common.*legacy_algorithms = 1/)
  const system = aLegacySystem(old.port)
  deepEqual((await lab.run(on, 'true', { system })).outcome, { kind: 'succeeded' })
})

test('B11: a short RSA key of ours is not used, and no connection is made, unless legacy_algorithms is 1', async () => {
  const path = join(directory, 'short')
  execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '1024', '-N', '', '-f', path])
  await using accepting = await startSshd({ config: [`AuthorizedKeysFile ${path}.pub`, 'RequiredRSASize 1024'] })
  const on = { port: accepting.port, secret: path }
  await using lab = new PlainLab()
  match(await refusalOf(lab, on), /auth \d+ has an RSA key of 1024 bits, expected 2048 or more.*legacy_algorithms = 1/)
  doesNotMatch(accepting.log(), /Connection from /)
  deepEqual((await lab.run(on, 'true', { system: aLegacySystem(accepting.port) })).outcome, { kind: 'succeeded' })
})

test('B11: an RSA key signs with SHA-2 alone', async () => {
  const { path } = makeKey(join(directory, 'rsa'), 'rsa')
  const config = (algorithm: string) => [
    `AuthorizedKeysFile ${path}.pub`,
    `PubkeyAcceptedAlgorithms ${algorithm}`,
    'HostKeyAlgorithms ssh-ed25519',
  ]
  await using old = await startSshd({ config: config('ssh-rsa') })
  await using modern = await startSshd({ config: config('rsa-sha2-256') })
  await using lab = new PlainLab()
  match(await refusalOf(lab, { port: old.port, secret: path }), /it did not accept the key/)
  deepEqual((await lab.run({ port: modern.port, secret: path }, 'true')).outcome, { kind: 'succeeded' })
})

test('a login that takes long works where the system allows for it', async () => {
  await using slow = await startSshStub({ authenticate: (it) => setTimeout(() => it.accept(), 1_500) })
  const on = { port: slow.port, secret: PASSWORD }
  await using lab = new PlainLab({ timings: { loginMs: 500, startWindowMs: 1_000 } })
  const { outcome } = await lab.run(on, 'true')
  match(
    'reason' in outcome ? outcome.reason : outcome.kind,
    /the authentication did not finish within 0\.5 s; for a slow login raise login_timeout_s of the system/,
  )
  const system = { ...aLegacySystem(slow.port), legacy_algorithms: 0, login_timeout_s: 60 }
  deepEqual((await lab.run(on, 'true', { system })).outcome, { kind: 'succeeded' })
})

test('a host with newer algorithms alone is not told to allow old ones, but what it offers and what it lacks', async () => {
  await using newer = await startSshd({ config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] })
  await using lab = new PlainLab()
  const { outcome } = await lab.run({ port: newer.port, secret: newer.clientKey.contents }, 'true')
  const reason = outcome.kind === 'unreachable' ? outcome.reason : outcome.kind
  match(reason, /key exchanges: sntrup761x25519-sha512@openssh\.com\); the SSH library of rcron lacks these/)
  match(reason, /let its sshd offer curve25519-sha256 \(KexAlgorithms in sshd_config\) too/)
})

function aLegacySystem(port: number) {
  return aSystem({ host: '127.0.0.1', port, supervise: 0, legacy_algorithms: 1 })
}
