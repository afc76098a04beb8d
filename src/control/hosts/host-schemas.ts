import * as z from 'zod'
import { describedPause, envelope } from '../schemas.ts'

/** How a host is, the worst first. `waiting`: a login was refused, and no other is tried yet. `untried`: nothing has been there since the daemon began. */
export const HOST_STATES = ['unreachable', 'refused', 'waiting', 'reachable', 'untried'] as const
/** One of them. */
export type HostState = (typeof HOST_STATES)[number]

const instant = z.string().describe('RFC 3339, with the offset of the zone of rcron')

const pausedLogin = z.object({
  user: z.string(),
  until: instant.describe('No login is tried before'),
  refusals: z.int().describe('In a row'),
  reason: z.string(),
})

const describedHost = z.object({
  host: z.string(),
  port: z.int(),
  names: z.array(z.string()).describe('Of its systems'),
  state: z.enum(HOST_STATES),
  since: instant.nullable().describe('Null where nothing has told'),
  seen: instant.nullable().describe('When a run told of it last'),
  reason: z.string().nullable().describe('Why it cannot be reached, or which login it refuses and why'),
  logins: z
    .array(pausedLogin)
    .describe('Those that are not tried for a while, so that the host does not shut rcron out'),
  paused: z.string().nullable().describe('The pause of the system, or of everything, that is in force'),
  active: z.int().describe('Runs that are active there, but for those that wait'),
  waiting: z.int(),
  limit: z.int().describe('Of runs that are active at once'),
  jobs: z.int(),
  crons: z.int().describe('Rows'),
  enabled: z.int().describe('Rows that are enabled'),
})

export const hostList = z.object({
  ...envelope('rcron.hosts.v1'),
  items: z.array(describedHost),
  pauses: z.array(describedPause),
})

/** A host, for those who look. */
export type DescribedHost = z.infer<typeof describedHost>
/** What `rcron hosts` shows. */
export type HostList = z.infer<typeof hostList>
