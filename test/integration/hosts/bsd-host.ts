import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Sshd, startSshd } from '../../support/sshd.ts'

export type Kernel = 'FreeBSD' | 'Darwin'

/** A host with the userland of a BSD: no /proc, and the ps, sysctl and uname of FreeBSD or macOS. */
export type BsdHost = {
  readonly sshd: Sshd
  /** Sets what the kernel says of its boot. */
  readonly bootedAt: (seconds: number) => void
  readonly stop: () => Promise<void>
}

const PS = join(import.meta.dirname, 'bsd-ps.py')
const ROOT = process.getuid?.() === 0

/** Each session gets a mount namespace of its own, in which /proc is empty. */
export async function startBsdHost(kernel: Kernel = 'FreeBSD'): Promise<BsdHost> {
  const directory = mkdtempSync(join(tmpdir(), 'rcron-bsd-'))
  chmodSync(directory, 0o755)
  const path = (name: string) => join(directory, name)
  const program = (name: string, text: string) => writeFileSync(path(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  mkdirSync(path('proc'))
  mkdirSync(path('bin'))
  const bootedAt = (seconds: number) =>
    writeFileSync(path('boottime'), `{ sec = ${seconds}, usec = 123456 } Mon Jan  1 00:00:00 2024\n`)
  bootedAt(1_704_067_200)
  program('bin/ps', `KERNEL=${kernel} KERNEL_PROC=${path('proc')} exec /usr/bin/python3 -SE ${PS} "$@"`)
  program('bin/uname', `echo ${kernel}`)
  program('bin/sysctl', `[ "$*" = '-n kern.boottime' ] && exec cat ${path('boottime')}; exit 1`)
  program(
    'inside',
    `mount --bind /proc ${path('proc')} && mount -t tmpfs none /proc || exit 97
    unset SSH_ORIGINAL_COMMAND
    PATH=${path('bin')}:$PATH exec /bin/sh "$@"`,
  )
  program('login', `exec unshare --mount ${ROOT ? '' : '--map-root-user'} ${path('inside')} "$@"`)
  const sshd = await startSshd({ loginShell: path('login') })
  return {
    sshd,
    bootedAt,
    stop: async () => {
      await sshd.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
