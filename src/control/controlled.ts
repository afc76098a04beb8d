import type { FeedReader } from './feed.ts'
import type { HostList } from './hosts/host-schemas.ts'
import type {
  FiringAnswer,
  FiringOrder,
  KillReport,
  PauseList,
  PauseOrder,
  PauseReport,
  Reloading,
  Rereading,
  ResolutionOrder,
  ResolutionReport,
  ResumeOrder,
  RunList,
  Status,
} from './schemas.ts'

/** What a running daemon can be asked, and told to do. Everything rejects with a ControlFault where it is not done. */
export interface Controlled {
  status(): Status
  /** What is active; of one job, row or run, as `of` calls it, where that is not null. */
  runs(of: string | null): RunList
  /** How the hosts of all crons are; those that the pattern `of` takes, where that is not null. */
  hosts(of: string | null): HostList
  /** Ends these runs, and answers when each is dead, or is not known to be. */
  kill(runs: readonly string[]): Promise<KillReport>
  /** Starts a job now, for `by`; answers when it has begun, or is decided not to. */
  fire(order: FiringOrder, by: string): Promise<FiringAnswer>
  /** How a firing that was started so fares; waits for its end, at most `waitMs`. */
  firing(id: string, waitMs: number): Promise<FiringAnswer>
  /** The pauses that are not over. */
  pauses(): PauseList
  /** Keeps what the order calls from being started, for `by`; answers when that holds. */
  pause(order: PauseOrder, by: string): Promise<PauseReport>
  /** Ends pauses. */
  resume(order: ResumeOrder): Promise<PauseReport>
  /** Gives a lost run the end that `by` knows of. */
  resolve(order: ResolutionOrder, by: string): Promise<ResolutionReport>
  /** Reads settings and definitions again. */
  reload(): Promise<Reloading>
  /** Reads definitions again. */
  reread(): Promise<Rereading>
  /** Tells `reader` what happens from now on, or after the event of that id, until that is disposed of. */
  events(after: string | null, reader: FeedReader): Disposable
  /** Tells `reader` what a run prints and how it ends, until that is disposed of. */
  output(run: string, reader: FeedReader): Disposable
}
