import type { Login, RemoteCommand } from '../../hosts/transport.ts'
import type { AskParts } from './ask-host.ts'
import { degraded, good, type HostCheck } from './login-report.ts'

/** What a host's sessions are counted through. */
export type CountParts = AskParts & {
  /** Connections that were made to the host so far. */
  readonly connections: () => number
  /** Never more than this are opened. */
  readonly most: number
}

/**
 * How many sessions at once the host lets one connection have, up to `most`: opened one after the other, until one of them needed
 * another connection. Null if that could not be seen. Never rejects.
 */
export async function countSessions(login: Login, { sessions, connections, most }: CountParts): Promise<number | null> {
  // As another secret the login gets a connection of its own, on which no session that has just ended is still counted by sshd.
  const credential = { ...login.credential, identity: `${login.credential.identity} for counting` }
  const held = new HeldSessions({ ...login, credential }, sessions)
  try {
    if (!(await held.open())) return null
    const before = connections()
    for (let count = 1; count < most; count++) {
      if (!(await held.open())) return null
      if (connections() > before) return count
    }
    return most
  } finally {
    held.close()
  }
}

/** Does nothing for ten seconds, and dies of printing within one when its session is closed: not every host passes a signal on. */
const IDLE_COMMAND = "exec /bin/sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1; echo; done'"

class HeldSessions {
  readonly #login: Login
  readonly #sessions: AskParts['sessions']
  readonly #commands: RemoteCommand[] = []
  #hasEnded = false

  constructor(login: Login, sessions: AskParts['sessions']) {
    this.#login = login
    this.#sessions = sessions
  }

  /** False if there is none to be had, or one of them has not lasted. */
  async open(): Promise<boolean> {
    const request = { login: this.#login, command: IDLE_COMMAND, sharing: 'shared', onOutput: () => undefined } as const
    const answer = await this.#sessions.exec(request, new AbortController().signal)
    if (answer.kind !== 'running') return false
    this.#commands.push(answer.command)
    void answer.command.ended.then(() => {
      this.#hasEnded = true
    })
    return !this.#hasEnded
  }

  close(): void {
    for (const command of this.#commands) {
      command.signal('TERM')
      command.close('counted')
    }
  }
}

export function describeSessions(count: number, most: number): HostCheck {
  if (count >= most) return good('sessions', `${count}`)
  const consequence =
    `it allows one connection ${count === 1 ? 'one session' : `${count} sessions`} at once, rcron would use ${most}: runs at the ` +
    `same time need more logins; raise MaxSessions in its sshd_config (10 is usual), or set RCRON_MAX_SESSIONS_PER_CONNECTION=${count}`
  return degraded('sessions', `${count} of ${most}`, consequence)
}
