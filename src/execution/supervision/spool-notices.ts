import type { Access } from '../../hosts/target.ts'
import type { Log } from '../../platform/log/log.ts'
import type { SpoolPlace } from '../remote/answers.ts'

/** Reports when the claims of a login's runs are not in its home: once, and again when that changes. */
export class SpoolNotices {
  readonly #log: Pick<Log, 'info' | 'warn'>
  /** Logins whose claims are elsewhere than at home. */
  readonly #lesser = new Map<string, SpoolPlace>()

  constructor(log: Pick<Log, 'info' | 'warn'>) {
    this.#log = log
  }

  note({ system, auth }: Access, place: SpoolPlace): void {
    const key = JSON.stringify([system.id, auth.id])
    if (place === (this.#lesser.get(key) ?? 'home')) return
    const fields = { host: system.host, port: system.port, user: auth.user }
    if (place === 'home') {
      this.#lesser.delete(key)
      this.#log.info(fields, 'claims are written to the home directory again')
      return
    }
    this.#lesser.set(key, place)
    this.#log.warn(fields, place === 'tmp' ? IN_TMP : NOWHERE)
  }
}

const IN_TMP = 'claims are written to /var/tmp: cannot write to the home directory of the user'
const NOWHERE =
  'runs are not claimed: cannot write to the home directory of the user or to /var/tmp; a run may be lost if its connection breaks'
