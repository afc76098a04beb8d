import { equal, match, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodeText, UnsendableError } from '../../../src/execution/remote/encode.ts'
import { shownName } from '../../../src/execution/remote/shown-name.ts'
import { encodeCommand, killCommand, probeCommand, startCommand } from '../../../src/execution/remote/verbs.ts'

const ID = '0123456789abcdef0123456789abcdef'
const TRACE = { pid: 12, start: '345', boot: 'b8a4dd32-60ac-4924-9467-3a9bc6e8df34', cgroup: '-' }
const PROBE = { plant: true, output: true, forget: [] }
const ALL = { job: shownName('nightly', ''), ownConnection: true, keepOutput: true }

const decode = (text: string) =>
  Buffer.from(
    text.replace(/\\(?:n|0([0-7]{3}))/g, (_, octal?: string) =>
      octal === undefined ? '\n' : String.fromCharCode(Number.parseInt(octal, 8)),
    ),
    'latin1',
  )

test('encoded text is of harmless characters, and decodes to what it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ min: 1, maxLength: 300 }), (bytes) => {
      const encoded = encodeText(bytes)
      ok(/^(?:[[ -~]--['\\!]]|\\n|\\0[0-7]{3})*$/v.test(encoded))
      ok(decode(encoded).equals(bytes))
    }),
  )
})

test('what is sent is what no login shell reads anything into', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const command = text.replaceAll('\0', '')
      const sent = startCommand(encodeCommand(command), ID, { ...ALL, forget: [ID] })
      const plain = "'[[ -~\\t]--['!]]*'"
      match(
        sent,
        new RegExp(
          `^test -n "[$]shell" && alias export 'exec env \\\\!\\* /bin/sh -c eval\\\\ \\\\"\\\\[$]RCRON_R\\\\" rcron "nightly" [0-9a-f]{32}'\n` +
            `export RCRON_K="' "'[\\\\]{2} ! ' RCRON_R='[[ -~]--['!\\\\]]*' RCRON_S=${plain} ` +
            `RCRON_A='[0-9a-f]{32} -kg [\\-e] - [0-9a-f]{32}' RCRON_C=${plain};exec /bin/sh -c 'eval "[$]RCRON_R"' rcron "nightly" [0-9a-f]{32}$`,
          'v',
        ),
      )
    }),
  )
})

test('E4: a NUL and a command too long are refused when the row is judged', () => {
  throws(
    () => encodeCommand('a\0'),
    new UnsendableError('the command contains a NUL byte, which cannot be sent to a host; remove it'),
  )
  throws(() => encodeCommand('x'.repeat(128 * 1024)), /expected at most 131071; put it into a script/)
})

test('what dropbear takes, 9,000 bytes, holds a kill, a probe of 16 runs, and a start with 1,200 bytes of command, 900 where no lock tells of it', () => {
  const trace = { ...TRACE, pid: 4_194_304, start: '9'.repeat(10) }
  const ids = Array<string>(16).fill(ID)
  const asked = Array.from({ length: 16 }, () => ({ id: ID, trace, ageMs: 1e10 }))
  ok(killCommand({ id: ID, trace, ageMs: 1e10 }, { graceMs: 600_000, ownConnection: true }).length < 9_000)
  ok(probeCommand(asked, { ...PROBE, forget: ids }).length < 9_000)
  const command = encodeCommand('x'.repeat(1_200))
  const locked = { exclusion: ID, isUnlocked: false }
  ok(startCommand(command, ID, { ...ALL, forget: Array<string>(4).fill(ID), keeping: locked }).length < 9_000)
  const unlocked = { ...ALL, forget: [], keeping: { ...locked, isUnlocked: true } }
  ok(startCommand(encodeCommand('x'.repeat(900)), ID, unlocked).length < 9_000)
})

test('a probe of many runs, each with the longest trace, fits into one argument', () => {
  const trace = { pid: 4_194_304, start: '9'.repeat(20), boot: 'b'.repeat(128), cgroup: '-' }
  const sent = probeCommand(
    Array.from({ length: 256 }, () => ({ id: ID, trace })),
    PROBE,
  )
  ok(sent.length < 128 * 1024)
})

test('nothing a host said is sent back unchecked', () => {
  for (const forged of ['1;reboot', '$(x)', 'a b', "'", '', 'x'.repeat(200)]) {
    const trace = { ...TRACE, start: forged }
    ok(probeCommand([{ id: ID, trace }], PROBE).includes(` RCRON_A='-po ${ID},-,-,-,-';exec`))
    ok(
      killCommand({ id: ID, trace }, { graceMs: 10, ownConnection: true }).includes(
        ` RCRON_A='${ID} g 10 - - - - -';exec`,
      ),
    )
  }
  const cgroup = '/x/session-1.scope;reboot'
  ok(killCommand({ id: ID, trace: { ...TRACE, cgroup } }, { graceMs: 1, ownConnection: true }).includes(" - -';exec"))
})

test('what is not a run id is a bug, and never sent', () => {
  for (const id of ['', 'x', `${ID}0`, ID.toUpperCase(), `${ID.slice(1)};`]) {
    throws(() => probeCommand([{ id, trace: null }], PROBE), TypeError)
  }
})

test('a start fits with all it may carry', () => {
  const command = encodeCommand('true')
  const forget = Array.from({ length: 100 }, () => ID)
  equal(startCommand(command, ID, { ...ALL, forget }).split(ID).length - 1, 35)
})
