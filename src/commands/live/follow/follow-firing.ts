import type { ControlClient } from '../../../control/client/control-client.ts'
import type { EventMessage } from '../../../control/feed-schemas.ts'
import type { FiringAnswer } from '../../../control/schemas.ts'
import type { CommandContext } from '../../cli/context.ts'
import { Output } from '../../cli/output.ts'
import { printBegun, printOutcomes } from '../print-firing.ts'
import { waitForFiring } from '../wait-for-firing.ts'
import { RunFollowing } from './run-following.ts'

/**
 * Starts a job, and prints what its runs print, from host to host, and how they end. An interruption ends the following alone: the process
 * exits with 130 then.
 */
export async function followFiring(
  context: CommandContext,
  daemon: ControlClient,
  start: () => Promise<FiringAnswer>,
): Promise<FiringAnswer> {
  const over = new AbortController()
  const following = new RunFollowing({ context, daemon, printing: {}, signal: over.signal })
  try {
    // Before it starts: a short run is over sooner than it could be asked for.
    const events = await daemon.follow<EventMessage>('/events', over.signal)
    const started = await start()
    printBegun(new Output(context), started)
    for (const { run, state } of started.active) if (state !== 'waiting') following.add(run)
    void addStarted(events, started.job, following).catch(() => {})
    const answer = started.state === 'active' ? await waitForFiring(context, daemon, started) : started
    for (const { run } of answer.outcomes) if (run !== null) following.add(run)
    await following.idle()
    printOutcomes(new Output(context), { ...answer, outcomes: answer.outcomes.filter(({ run }) => run === null) })
    return answer
  } finally {
    over.abort()
  }
}

async function addStarted(events: AsyncIterable<EventMessage>, job: string, following: RunFollowing): Promise<void> {
  for await (const event of events) {
    const isOurs = event.kind === 'started' && event.job === job && event.how === 'manual'
    if (isOurs && event.run !== null) following.add(event.run)
  }
}
