import { doesNotMatch, match, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import type { Connection } from 'ssh2'
import { LoopStall } from '../../support/loop-stall.ts'
import { PlainLab } from '../../support/plain-lab.ts'
import { startSshStub } from '../../support/ssh-stub.ts'
import { makeKey, startSshd } from '../../support/sshd.ts'

const LONGEST_STALL_MS = 100

const directory = mkdtempSync(join(tmpdir(), 'rcron-hostile-'))
after(() => rmSync(directory, { recursive: true }))
/** RSA, so that a signature is dear. */
const secret = makeKey(join(directory, 'key'), 'rsa').contents

async function startHostile(t: TestContext, harm: string): Promise<number> {
  const program = new URL('./hostile-server.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [program, harm], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  return Number(String(line))
}

const harms: readonly (readonly [string, RegExp])[] = [
  [
    'group exchange',
    /no algorithm in common \(its key exchanges: diffie-hellman-group-exchange-sha256\); rcron does not use group exchange.*let its sshd offer curve25519-sha256 \(KexAlgorithms/,
  ],
  ['a huge RSA key', /has an RSA key of 120000 bits, expected at most 16384/],
  ['a huge exponent', /has an RSA key with an exponent of 3072 bits/],
  ['the longest RSA key', /signature verification failed/],
  ['a short RSA key', /has an RSA key of 1024 bits, expected 2048 or more.*legacy_algorithms = 1/],
  ['small packets without end', /it sent more than 256 KB during the handshake/],
  ['signatures without end', /the host asks for a second signature/],
]
for (const [harm, expected] of harms) {
  test(`F6: ${harm}: no stall of the loop over ${LONGEST_STALL_MS} ms`, async (t) => {
    const port = await startHostile(t, harm)
    await using lab = new PlainLab({ timings: { loginMs: 10_000 } })
    const stall = new LoopStall()
    t.after(() => stall.stop())
    const { outcome } = await lab.run({ port, secret }, 'true')
    const longest = stall.take()
    match(
      'reason' in outcome ? [outcome.reason, 'detail' in outcome ? outcome.detail : ''].join(' | ') : outcome.kind,
      expected,
    )
    ok(longest < LONGEST_STALL_MS, `stalled for ${longest} ms`)
  })
}

test('F6: malformed answers are unreachable or refused, each of them', async (t) => {
  const port = await startHostile(t, 'malformed answers')
  await using lab = new PlainLab({ timings: { loginMs: 10_000 } })
  for (let round = 0; round < 7; round++) {
    const { outcome } = await lab.run({ port, secret }, 'true')
    match(outcome.kind, /^(unreachable|refused)$/)
  }
})

test('F6: a command that prints byte by byte lets the loop go on', async (t) => {
  const port = await startHostile(t, 'a chatty command')
  await using lab = new PlainLab()
  const stall = new LoopStall()
  t.after(() => stall.stop())
  const { outcome } = await lab.run({ port, secret }, 'true')
  const longest = stall.take()
  match(outcome.kind, /^succeeded$/)
  ok(longest < LONGEST_STALL_MS, `stalled for ${longest} ms`)
})

test('F6: a host that exchanges keys without end is given up', async () => {
  const connected = (connection: Connection) => {
    const again = () => connection.rekey(again)
    again()
  }
  await using stub = await startSshStub({ connected, command: () => {} })
  await using lab = new PlainLab()
  const { outcome } = await lab.run({ port: stub.port, secret: 'a password' }, 'true')
  match('reason' in outcome ? outcome.reason : outcome.kind, /the host keeps exchanging keys/)
})

test('the host keys that a server announces are not asked to be proved: that could cost any number of signatures', async () => {
  await using sshd = await startSshd({ config: ['LogLevel DEBUG3'] })
  await using lab = new PlainLab()
  const { outcome } = await lab.run({ port: sshd.port, secret: sshd.clientKey.contents }, 'true')
  match(outcome.kind, /^succeeded$/)
  match(sshd.log(), /notify_hostkeys/)
  doesNotMatch(sshd.log(), /hostkeys-prove/)
})
