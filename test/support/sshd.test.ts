import { equal, match, notEqual } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { type Sshd, startSshd } from './sshd.ts'

const run = promisify(execFile)
const sshd = await startSshd({ config: ['MaxSessions 3'], environment: { GREETING: 'good day' } })
after(() => sshd.stop())

function ssh(server: Sshd, command: string) {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes', 'LogLevel=ERROR']
  const flags = [
    '-F',
    'none',
    '-i',
    server.clientKey.path,
    '-p',
    String(server.port),
    ...options.flatMap((it) => ['-o', it]),
  ]
  return run('ssh', [...flags, `${server.user}@127.0.0.1`, command])
}

test('it lets its user in, with a HOME of its own and the given environment', async () => {
  const { stdout } = await ssh(sshd, 'echo "$HOME $GREETING"')
  equal(stdout, `${sshd.home} good day\n`)
})

test('commands run under the given login shell', async () => {
  const other = await startSshd({ loginShell: '/bin/dash' })
  const { stdout } = await ssh(other, 'readlink /proc/$$/exe; echo "a  b"')
  await other.stop()
  match(stdout, /dash\na {2}b\n$/)
})

test('killed, it is gone with its sessions; restarted, it is back on its port', async () => {
  const held = ssh(sshd, 'sleep 30').catch((error: Error & { code: number }) => error.code)
  while (sshd.sessions().length === 0) await new Promise(setImmediate)
  await sshd.kill()
  notEqual(await held, 0)
  equal(sshd.sessions().length, 0)
  await sshd.restart()
  const { stdout } = await ssh(sshd, 'echo back')
  equal(stdout, 'back\n')
})
