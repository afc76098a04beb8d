import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { aStateDirectory } from '../support/daemon.ts'
import { makeKey } from '../support/sshd.ts'
import { aFakeClock, aLab } from './lab.ts'

const PASSPHRASE = 'opens-Sesame'

/** Auths whose keys cannot be used, by what is wrong with them, and what is said of each. */
function badAuths(t: TestContext) {
  const directory = aStateDirectory((clean) => t.after(clean))
  const locked = makeKey(join(directory, 'locked'), 'ed25519', PASSPHRASE).path
  const putty = join(directory, 'putty.ppk')
  writeFileSync(putty, 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', { mode: 0o600 })
  const half = readFileSync(locked, 'utf8').slice(0, 150)
  return [
    { password: locked, passphrase: 'wrong-Sesame', says: /^passphrase: .*does not open .*locked.*ssh-keygen -y/ },
    { password: putty, says: /^password: .*PuTTY key.*puttygen/ },
    { password: half, says: /^password: .*cut short or damaged/ },
    { password: join(directory, 'missing'), says: /^password: .*missing.*cannot be read/ },
  ]
}

test('A9: keys that cannot be used beside a good one: the good one runs, and one error for each of the others names it and the remedy', async (t) => {
  const bad = badAuths(t)
  const auths = bad.map(({ says: _, ...secret }, index) => ({ user: `bad${index}`, ...secret }))
  const crons = auths.map(({ user }, index) => ({ cron_name: user, cron_path: 'true', user: 2 + index }))
  const lab = await aLab(t, [...crons, { cron_name: 'good', cron_path: 'echo ran >> "$HOME/runs"' }], { auths })
  const clock = aFakeClock(lab, 5_000)
  const daemon = lab.start({ environment: clock.environment })
  await daemon.said('run ended', crons.length + 1)
  await daemon.reload()
  clock.move(60_000)
  await daemon.said('run ended', 2 * (crons.length + 1))
  equal(await daemon.stop(), 0)
  equal(lab.read('runs'), 'ran\nran\n')

  const told = daemon.logged('cannot use definition')
  deepEqual(told.map(({ subject }) => subject).sort(), [
    'auth 2 (bad0)',
    'auth 3 (bad1)',
    'auth 4 (bad2)',
    'auth 5 (bad3)',
  ])
  for (const [index, { says }] of bad.entries()) {
    const error = told.find(({ subject }) => subject === `auth ${2 + index} (bad${index})`)
    match(`${error?.['field']}: ${error?.['problem']} ${error?.['hint']}`, says)
    const { outcome, reason, detail } = await daemon.event('its end', ({ job }) => job === `bad${index}`)
    equal(outcome, 'refused')
    match(String(detail), new RegExp(`auth ${2 + index} \\(bad${index}\\), `))
    // What the store is told, whose readers may be others.
    equal(
      reason,
      `the secret of auth ${2 + index} (bad${index}) cannot be used on 127.0.0.1: see the log, or "rcron check"`,
    )
  }
  const secrets = [PASSPHRASE, 'wrong-Sesame', ...(bad[2]?.password.split('\n').slice(1) ?? [])]
  for (const secret of secrets) ok(secret.length > 8 && !daemon.output.includes(secret), 'no secret is in the log')
})
