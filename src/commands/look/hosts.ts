import type { DescribedHost, HostList } from '../../control/hosts/host-schemas.ts'
import { describeHostPort } from '../../domain/host-port.ts'
import type { CommandContext, ExitCode } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import type { TableColumn } from '../cli/table.ts'
import { withDaemon } from '../live/ask-daemon.ts'
import { shortTime } from '../live/show-times.ts'
import { notePauses } from '../pauses/print-pauses.ts'

const HOST_COLUMNS: readonly TableColumn[] = [
  { heading: 'host' },
  { heading: 'state' },
  { heading: 'since', leaves: 4 },
  { heading: 'runs', leaves: 3 },
  { heading: 'jobs', leaves: 2 },
  { heading: 'crons', leaves: 1 },
  { heading: 'note', isLong: true },
]

/** Lists the hosts of all crons, or those that `pattern` takes, and how they are. */
export async function hosts(
  context: CommandContext,
  pattern: string | undefined,
  { json, watch }: { readonly json?: boolean; readonly watch?: boolean },
): Promise<ExitCode> {
  if (watch === true) {
    const { watching } = await import('../shared/watch.ts')
    return await watching(context, { ...(json && { json }) }, (shown) => hosts(shown, pattern, {}))
  }
  const path = pattern === undefined ? '/hosts' : `/hosts?of=${encodeURIComponent(pattern)}`
  const list = await withDaemon(context, async (daemon) => await daemon.look<HostList>(path))
  const output = new Output(context)
  if (json === true) output.json(list)
  else {
    if (list.items.length > 0) output.table(HOST_COLUMNS, hostCells(list))
    output.note(summaryOf(list))
    notePauses(output, list.pauses, list.generated)
  }
  return 0
}

/** The cells of the table of hosts. Pure. */
export function hostCells({
  items,
  generated,
}: Pick<HostList, 'items' | 'generated'>): readonly (readonly unknown[])[] {
  const now = Date.parse(generated)
  return items.map((item) => [
    [describeHostPort(item.host, item.port), ...item.names.map((name) => `(${name})`)].join(' '),
    item.paused === null ? item.state : `${item.state}, paused`,
    item.since === null ? null : shortTime(item.since, now),
    `${item.active}/${item.limit}${item.waiting > 0 ? ` +${item.waiting}` : ''}`,
    item.jobs,
    item.crons,
    noteOf(item, now),
  ])
}

function noteOf({ reason, logins, paused }: DescribedHost, now: number): string {
  const pausedLogins = logins.map(({ user, until, refusals, reason: why }) => {
    return `no login as ${user} before ${shortTime(until, now)}, after ${refusals} refused in a row: ${why}`
  })
  const found = pausedLogins.length > 0 ? pausedLogins : [reason ?? []].flat()
  return [...found, paused ?? []].flat().join('; ')
}

function summaryOf({ items }: HostList): string {
  if (items.length === 0) return 'No cron has a host yet: "rcron cron add" makes one.'
  const bad = (['unreachable', 'refused', 'waiting'] as const).flatMap((state) => {
    const count = items.filter((item) => item.state === state).length
    return count === 0 ? [] : [`${count} ${state}`]
  })
  const all = `${items.length} ${items.length === 1 ? 'host' : 'hosts'}`
  return `${[all, ...bad].join(', ')}. "rcron test HOST" logs in to one, and says what is wrong and how its clock is.`
}
