import { describeHostPort } from '../../domain/host-port.ts'
import type { RunEvent, RunFacts } from '../../domain/run-event.ts'
import type { Subscriber } from '../../history/journal.ts'
import { keepNewest } from '../../platform/bounded-map.ts'
import { type Contact, contactAfter, findingOf } from './contact.ts'

const MOST_HOSTS = 10_000

/** What runs have found out about their hosts since this process began. */
export class HostContacts implements Subscriber {
  readonly name = 'host contacts'
  readonly #contacts = new Map<string, Contact>()

  note(event: RunEvent): void {
    const finding = findingOf(event)
    if (finding === null) return
    const key = keyOf(finding.run)
    keepNewest(this.#contacts, key, contactAfter(this.#contacts.get(key) ?? null, finding), MOST_HOSTS)
  }

  /** Null where no run has told of it, or too many of others have since. */
  of(host: string, port: number): Contact | null {
    return this.#contacts.get(describeHostPort(host, port)) ?? null
  }
}

function keyOf({ host, port }: Pick<RunFacts, 'host' | 'port'>): string {
  return describeHostPort(host, port)
}
