import type { Access } from '../../hosts/target.ts'
import type { Log } from '../../platform/log/log.ts'
import type { SpoolPlace } from '../remote/answers.ts'

/** Says where the claims of a login's runs have a lesser place than its home: once, and anew when that changes. */
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
      this.#log.info(fields, 'runs are claimed in the home of their user again')
      return
    }
    this.#lesser.set(key, place)
    this.#log.warn(fields, place === 'tmp' ? IN_TMP : NOWHERE)
  }
}

const IN_TMP = 'runs are claimed in /var/tmp: nothing can be written in the home of their user'
const NOWHERE =
  'runs are not claimed: neither the home of their user nor /var/tmp can be written, and a run whose connection breaks may be lost'
