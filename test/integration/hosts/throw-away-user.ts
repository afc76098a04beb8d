import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killIfThere, processIds } from '../../support/processes.ts'
import { requireRoot } from '../require-root.ts'

/** An account of this machine that nobody else uses. */
export type ThrowAwayUser = {
  readonly name: string
  readonly home: string
  /** Lets in who has the key, by the account's own authorized_keys. */
  readonly admit: (publicKey: string) => void
  /** Before it is called no password fits. */
  readonly setPassword: (password: string) => void
  /** Its password still fits, and must be changed at the next login. */
  readonly expirePassword: () => void
  /** Ends its processes and removes it with all it has. */
  readonly remove: () => void
}

export function createThrowAwayUser(): ThrowAwayUser {
  requireRoot('makes an account of its own')
  const name = `rcron-test-${randomBytes(4).toString('hex')}`
  const home = mkdtempSync(join(tmpdir(), 'rcron-user-'))
  // A password that fits nothing: an account without one counts as locked.
  execFileSync('useradd', ['--home-dir', home, '--shell', '/bin/bash', '--password', '*', name], { stdio: 'pipe' })
  const { uid, gid } = idsOf(name)
  chownSync(home, uid, gid)
  chmodSync(home, 0o755)
  return {
    name,
    home,
    admit: (publicKey) => {
      const directory = join(home, '.ssh')
      mkdirSync(directory, { mode: 0o700 })
      writeFileSync(join(directory, 'authorized_keys'), `${publicKey}\n`, { mode: 0o600 })
      for (const path of [directory, join(directory, 'authorized_keys')]) chownSync(path, uid, gid)
    },
    setPassword: (password) => execFileSync('chpasswd', { input: `${name}:${password}\n`, stdio: 'pipe' }),
    expirePassword: () => execFileSync('chage', ['--lastday', '0', name], { stdio: 'pipe' }),
    remove: () => {
      for (const pid of processesOfUser(uid)) killIfThere(pid)
      execFileSync('userdel', ['--force', name], { stdio: 'pipe' })
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function idsOf(name: string): { readonly uid: number; readonly gid: number } {
  const [uid, gid] = ['-u', '-g'].map((which) => Number(execFileSync('id', [which, name], { encoding: 'utf8' })))
  return { uid: uid ?? Number.NaN, gid: gid ?? Number.NaN }
}

function processesOfUser(uid: number): readonly number[] {
  return processIds().filter((pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === uid)
}
