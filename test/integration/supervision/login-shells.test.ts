import { deepEqual, equal } from 'node:assert/strict'
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { shownName } from '../../../src/execution/remote/shown-name.ts'
import { encodeCommand, startCommand } from '../../../src/execution/remote/verbs.ts'
import { PlainLab } from '../../support/plain-lab.ts'
import { type Sshd, startSshd } from '../../support/sshd.ts'
import { until } from '../../support/wait-until.ts'
import { LOGIN_SHELLS, type LoginShell } from '../remote/remote-host.ts'
import { aRunId, commandProcessesOf, SupervisedLab } from './supervised-lab.ts'

const directory = mkdtempSync(join(tmpdir(), 'rcron-shells-'))
after(() => rmSync(directory, { recursive: true }))

/** Stands in the place of the login shell that START hands the command to, and prints what it was given. */
const PRINTER = join(directory, 'printer')
writeFileSync(PRINTER, '#!/bin/sh\nexec /usr/bin/printf %s "$2"\n', { mode: 0o755 })

const SHELLS: readonly LoginShell[] = ['tcsh', 'fish', 'zsh', 'mksh', 'ksh93', 'ash']
const pathOf = (shell: LoginShell) => join(directory, shell)
for (const shell of SHELLS) symlinkSync(LOGIN_SHELLS[shell], pathOf(shell))

const hostOf = (sshd: Sshd) => ({ port: sshd.port, secret: sshd.clientKey.contents })

/** Commands that mean the same to all of them, and what is to come of each. */
const ends = [
  ["sh -c 'echo out; echo trouble >&2'", { kind: 'succeeded' }],
  ['exit 41', { kind: 'failed', exitCode: 41 }],
  ['exit 255', { kind: 'failed', exitCode: 255 }],
  ["exec sh -c 'kill -TERM $$'", { kind: 'signaled', signal: 'SIGTERM' }],
  ["exec sh -c 'kill -KILL $$'", { kind: 'signaled', signal: 'SIGKILL' }],
] as const

for (const shell of SHELLS) {
  test(`E3: ${shell} as login shell: a run ends as it does under every other, and a kill is confirmed`, async () => {
    const path = pathOf(shell)
    await using sshd = await startSshd({ loginShell: path, environment: { SHELL: path } })
    await using lab = new SupervisedLab()
    const host = hostOf(sshd)
    // fish makes its directories when it first runs, and of several that do one complains on stderr.
    await lab.run(host, 'true')
    const endless = lab.start(host, 'sleep 300', { killGraceMs: 400 })
    const whatRunsIt = "sh -c 'readlink /proc/$PPID/exe'; true"
    const [asked, ...ended] = await Promise.all([whatRunsIt, ...ends.map(([it]) => it)].map((it) => lab.run(host, it)))
    equal(asked?.output.head, `${realpathSync(path)}\n`)
    deepEqual(
      ended.map(({ outcome }) => outcome),
      ends.map(([, outcome]) => outcome),
    )
    const { stdoutBytes, streams } = ended[0]?.output ?? {}
    deepEqual([stdoutBytes, streams?.stderr.head], [4, 'trouble\n'])

    await until('it runs', () => commandProcessesOf(endless.id).length > 0)
    deepEqual(await endless.running.kill('operator'), { kind: 'dead' })
    deepEqual((await endless.running.result).outcome, { kind: 'killed', by: 'operator' })
    deepEqual(commandProcessesOf(endless.id), [])
  })
}

const EVERY_BYTE = Buffer.from(Uint8Array.from({ length: 255 }, (_, index) => index + 1))

for (const shell of SHELLS) {
  test(`E4: ${shell} as login shell: every byte but NUL of a command arrives`, async () => {
    await using sshd = await startSshd({ loginShell: pathOf(shell), environment: { SHELL: PRINTER } })
    await using lab = new PlainLab()
    const options = { job: shownName('nightly', ''), ownConnection: false, keepOutput: false, forget: [] }
    const start = startCommand(encodeCommand(EVERY_BYTE), aRunId(), options)
    const printed = await lab.printed(hostOf(sshd), start)
    deepEqual(printed.subarray(printed.indexOf('\n') + 1), EVERY_BYTE)
  })
}

test('E4: every byte but NUL of a command that is not supervised arrives', async () => {
  await using sshd = await startSshd({ config: ['ForceCommand /usr/bin/printf %s "$SSH_ORIGINAL_COMMAND"'] })
  await using lab = new PlainLab()
  deepEqual(await lab.printed(hostOf(sshd), EVERY_BYTE), EVERY_BYTE)
})

test('E4: text of every kind of character arrives as UTF-8, supervised or not', async () => {
  const text = `${String.fromCodePoint(...EVERY_BYTE)} \u07ff\u0800\uffff\u{10000}\u{10ffff}`
  await using printing = await startSshd({ environment: { SHELL: PRINTER } })
  await using supervised = new SupervisedLab()
  equal((await supervised.run(hostOf(printing), text)).output.head, text)
  await using echoing = await startSshd({ config: ['ForceCommand /usr/bin/printf %s "$SSH_ORIGINAL_COMMAND"'] })
  await using plain = new PlainLab()
  equal((await plain.run(hostOf(echoing), text)).output.head, text)
})
