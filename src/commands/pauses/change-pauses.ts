import { randomBytes } from 'node:crypto'
import type { Settings } from '../../app/settings.ts'
import { DaemonAbsent } from '../../control/client/control-client.ts'
import type { DescribedPause, PauseList, PauseOrder, PauseReport, ResumeOrder } from '../../control/schemas.ts'
import type { CommandContext } from '../cli/context.ts'
import { Output } from '../cli/output.ts'
import { actorIn, noteAudit } from '../history/note-changes.ts'
import { daemonOf } from '../live/ask-daemon.ts'
import { exitOfFault } from '../shared/exit-of-fault.ts'

/** What a daemon, or the store, is told. */
export type PauseChange =
  | { readonly path: '/pauses'; readonly order: PauseOrder }
  | { readonly path: '/resumptions'; readonly order: ResumeOrder }

/** What was changed, and when that takes effect, in words. */
export type ChangedPauses = { readonly items: readonly DescribedPause[]; readonly when: string }

/** Tells the daemon; where none runs, changes the store. Rejects with an ExitError. */
export async function changePauses(
  context: CommandContext,
  settings: Settings,
  change: PauseChange,
): Promise<ChangedPauses> {
  try {
    const { items, isTakenUp } = await daemonOf(settings).act<PauseReport>(change.path, change.order)
    const when = isTakenUp
      ? 'The running daemon goes by it now.'
      : 'The store has it; the daemon could not read it back.'
    return { items, when }
  } catch (error) {
    if (!(error instanceof DaemonAbsent)) throw error
    return await changeStore(context, settings, change)
  }
}

/** What is paused, as the daemon knows it; without one, as the store has it. */
export async function listPauses(settings: Settings): Promise<PauseList> {
  try {
    return await daemonOf(settings).look<PauseList>('/pauses')
  } catch (error) {
    if (!(error instanceof DaemonAbsent)) throw error
    return await withStoredPauses(settings, async ({ pauses }) => pauses.list())
  }
}

async function changeStore(context: CommandContext, settings: Settings, change: PauseChange): Promise<ChangedPauses> {
  const actor = actorIn(settings.environment)
  return await withStoredPauses(settings, async ({ pauses, store }) => {
    const { path, order } = change
    const { items } = path === '/pauses' ? await pauses.pause(order, actor) : await pauses.resume(order)
    const { subjectOfPause } = await import('../../control/act/pause-rows.ts')
    const row = {
      id: randomBytes(16).toString('hex'),
      at: Date.now(),
      actor,
      action: path === '/pauses' ? 'pause' : 'resume',
      subject: subjectOfPause(order),
      was: null,
      became: JSON.stringify(items),
    }
    await noteAudit(store, [row], new Output(context))
    const { tellDaemon } = await import('../live/tell-daemon.ts')
    return { items, when: await tellDaemon(settings) }
  })
}

type Stored = {
  readonly pauses: import('../../control/act/pauses.ts').Pauses
  readonly store: import('../shared/open-store.ts').OpenStore['store']
}

async function withStoredPauses<Result>(settings: Settings, use: (stored: Stored) => Promise<Result>): Promise<Result> {
  const [{ Pauses }, { loadJudged, withStoreOf }] = await Promise.all([
    import('../../control/act/pauses.ts'),
    import('../shared/open-store.ts'),
  ])
  return await exitOfFault(() =>
    withStoreOf(settings, async (opened) => {
      const { store } = opened
      const source = await loadJudged(opened)
      const pauses = new Pauses({
        clock: { now: Date.now },
        source,
        timezone: () => settings.config.timezone,
        write: (rows, now) => store.writePauses(rows, now),
        takeUp: async () => false,
      })
      return await use({ pauses, store })
    }),
  )
}
