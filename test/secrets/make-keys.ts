import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of the test's own, gone after it. */
export class Scratch implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'rcron-keys-'))

  file(name: string): string {
    return join(this.path, name)
  }

  write(name: string, content: string | Buffer, mode = 0o600): string {
    writeFileSync(this.file(name), content, { mode })
    return this.file(name)
  }

  /** A key pair made by ssh-keygen; answers the path of the private one. */
  sshKey(name: string, ...options: readonly string[]): string {
    const args = options.includes('-N') ? options : ['-N', '', ...options]
    execFileSync('ssh-keygen', ['-q', '-f', this.file(name), '-C', '', ...args])
    return this.file(name)
  }

  /** A private key made by openssl; answers its path. */
  opensslKey(name: string, ...args: readonly string[]): string {
    execFileSync('openssl', [...args, '-out', this.file(name)], { stdio: 'pipe' })
    return this.file(name)
  }

  /** The public half of a key made by ssh-keygen, in wire format. */
  publicBlob(name: string): Buffer {
    return publicBlobOf(readFileSync(`${this.file(name)}.pub`, 'utf8'))
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** The bytes of a public key written as `type base64 comment`. */
export function publicBlobOf(line: string): Buffer {
  return Buffer.from(line.split(' ')[1] ?? '', 'base64')
}
