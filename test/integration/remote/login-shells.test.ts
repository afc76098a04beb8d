import { deepEqual, equal, throws } from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { UnsendableError } from '../../../src/execution/remote/encode.ts'
import { encodeCommand } from '../../../src/execution/remote/verbs.ts'
import { LOGIN_SHELLS, type LoginShell, POSIX_SHELLS, type PosixShell, RemoteHost } from './remote-host.ts'

const EVERY_BYTE = Uint8Array.from({ length: 255 }, (_, index) => index + 1)
/** Stands in the place of the login shell and prints the command it was given, so that every byte can be compared. */
const ECHO = '/usr/bin/printf %s "$2"'

/** The bytes of `command` as they reach the login shell's `-c`. */
async function received(host: RemoteHost, command: Uint8Array): Promise<string> {
  const session = host.start(command)
  await session.closed
  return session.stdout()
}

for (const login of Object.keys(LOGIN_SHELLS) as readonly LoginShell[]) {
  describe(`E3: with ${login} as login shell`, () => {
    const host = new RemoteHost({ login })
    after(() => host.end())

    test('a command runs, marked, and its status comes back', async () => {
      const session = host.start('sh -c \'echo "$RCRON_RUN it' + "'\\''" + 's $((1+1)) & ! * done"; exit 3\'')
      equal((await session.exited).code, 3)
      await session.closed
      equal(session.stdout(), `${session.id} it's 2 & ! * done\n`)
    })

    test('probe and kill find it', async () => {
      const session = host.start('sleep 20')
      await session.answer
      equal((await host.stateOf(session.id))?.kind, 'running')
      equal((await host.kill({ id: session.id, trace: null }))?.kind, 'ended')
      deepEqual(host.alive(session.id), [])
    })
  })
}

for (const login of Object.keys(LOGIN_SHELLS) as readonly LoginShell[]) {
  describe(`E4: through ${login}`, () => {
    const host = new RemoteHost({ login, printer: ECHO })
    after(() => host.end())

    test('every byte but NUL arrives', async () => {
      deepEqual(Buffer.from(await received(host, EVERY_BYTE), 'latin1'), Buffer.from(EVERY_BYTE))
    })

    test('any bytes arrive as they were', async () => {
      const anyBytes = fc.uint8Array({ min: 1, minLength: 1, maxLength: 200 })
      await fc.assert(
        fc.asyncProperty(anyBytes, async (bytes) => {
          deepEqual(Buffer.from(await received(host, bytes), 'latin1'), Buffer.from(bytes))
        }),
        { numRuns: 12 },
      )
    })
  })
}

for (const sh of Object.keys(POSIX_SHELLS) as readonly PosixShell[]) {
  describe(`E4: decoded by ${sh}`, () => {
    const host = new RemoteHost({ sh, printer: ECHO })
    after(() => host.end())

    for (const locale of ['C', 'C.UTF-8']) {
      // yash takes text only; it must then begin nothing rather than something else.
      const expected = sh === 'yash' ? '' : Buffer.from(EVERY_BYTE).toString('latin1')
      test(`every byte but NUL ${sh === 'yash' ? 'begins nothing' : 'arrives'} in the locale ${locale}`, async () => {
        const there = new RemoteHost({ sh, printer: ECHO, env: { LC_ALL: locale } })
        try {
          equal(await received(there, EVERY_BYTE), expected)
        } finally {
          there.end()
        }
      })
    }

    test('text that looks like an escape, an option or a quote arrives', async () => {
      for (const text of ['-n', '\\0101\\c%s', "'", "a'b''", '\n\n', 'x\\', '$(touch /x)`y`', '!!', '~ *']) {
        equal(await received(host, Buffer.from(text)), text)
      }
    })
  })
}

test('E4: a command of many kilobytes arrives, one too long is refused before it is sent', async () => {
  const host = new RemoteHost({ printer: ECHO })
  try {
    const long = Buffer.alloc(100_000, 'abc/def ')
    equal(await received(host, long), long.toString())
    throws(() => encodeCommand(Buffer.alloc(130_000, 'a')), UnsendableError)
    throws(() => encodeCommand('a\0b'), UnsendableError)
  } finally {
    host.end()
  }
})
