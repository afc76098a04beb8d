import type { ManualPage } from './manual-page.ts'

const ASKING = [
  [3, 'no daemon runs, or it does not answer'],
  [5, 'the sockets of the daemon are not for you'],
] as const

/** The pages of the commands that ask a running daemon. */
export const LIVE_MANUAL: Readonly<Record<string, ManualPage>> = {
  status: {
    about: `Says as which user rcron works, with which store and state directory; whether the daemon runs, which minute it planned last, which definitions it has and what is active. Without a daemon it says what the files and the store tell, and whether another daemon works on the same database.

It needs the right to one of the daemon's sockets: group rcron-view to look, group rcron to steer.`,
    examples: [
      ['rcron status', ''],
      ['rcron status --json', 'for scripts'],
    ],
    exits: [
      [0, 'the daemon runs, and all is well'],
      ...ASKING,
      [10, 'the daemon runs, and something is not well: the store is away, or minutes were not planned'],
    ],
  },
  ps: {
    about: `Lists the runs that are active, those that wait for their place among them, with host, start, time since then, how long runs of the row usually take (half of the last successes, and p95: 95 of 100), the number of the first process on the host, and state. Runs of crons that were removed meanwhile are listed as well. Times are those of the job's zone. "unknown" is a run whose host cannot be asked: it counts as active.`,
    examples: [
      ['rcron ps', ''],
      ['rcron ps dump', 'only the runs of this job'],
      ['rcron ps --json', 'for scripts'],
    ],
    exits: [[0, 'done'], ...ASKING, [4, 'there is no such job or run, or nothing of it is active']],
  },
  run: {
    about: `Starts a job now, whatever its schedule says, inside the daemon: with its limits, its locks and its log. A name means the whole job: failover and shuffle go from host to host as ever. Rows that are disabled are left out, unless all are: then it runs, and that is said. A job that is paused is not started; rows of it that are paused are left out.

The rules for overlapping runs bind it: where a run of the job is active it is not started, or, with action clobber, kills that run first. --force starts it beside what is active, with the same command, and though it is paused: use it where that does no harm.

On a terminal it follows what the job prints, from host to host, as "rcron logs -f" does, and ends when the job has, with the job's own exit status; so it does elsewhere with --wait, without what the job prints. An interruption ends the following or the waiting only. Without a daemon, "rcron tick --at TIME JOB" runs what is due in a minute by hand.`,
    examples: [
      ['rcron run dump', ''],
      ['rcron run dump@db2 --wait', 'on one host, until it has ended'],
      ['rcron run dump --host db2', 'the same host, by an option'],
    ],
    exits: [
      [0, 'started; where its end is waited for, succeeded'],
      ...ASKING,
      [4, 'there is no such job'],
      [6, 'not started: a run of it is active, it is paused, or the daemon is stopping'],
      [7, '--wait: its end is not known'],
      [8, '--wait: the daemon has gone, and the run goes on'],
      [20, '--wait: it ended badly without an exit status: timed out, killed, not reached'],
      [130, '--wait was interrupted, and the run goes on'],
    ],
    notes: 'Any other status is the one of the job.',
  },
  kill: {
    about: `Ends runs: TERM, then KILL after the row's kill_grace_s, to all processes of the run on its host. It answers when the host has proved the death of each, or says that it is not proved. Then the run stays active, and nothing is started in its place. A failover does not go on to its next host.

A name means all active runs of the job. On a terminal it lists what it means and asks; elsewhere it needs --yes.`,
    examples: [
      ['rcron kill 4b1e', 'a run, by the first letters of its id'],
      ['rcron kill dump --yes', 'all runs of a job'],
      ['rcron kill dump@db2', ''],
    ],
    exits: [
      [0, 'dead, all of them'],
      ...ASKING,
      [4, 'there is no such job or run, or nothing of it is active'],
      [7, 'the death of one of them is not confirmed'],
    ],
  },
  pause: {
    about: `Keeps jobs from being started for a time. What runs already goes on. What would have been started is recorded in the history with the code PAUSED, and is not caught up afterwards. A pause is kept in the store and in the cache: it holds over restarts and while the store is away, and it ends by itself at its time.

A name means the job with all its rows; NAME@HOST or an id means one row. system:NAME means all that runs on that system: failover and shuffle pass over it, "all" leaves it out, and a clobber kills nothing on it. tag:NAME means the crons with that tag, and those on systems with it. --all means everything. A second pause of the same takes the place of the first.

With --schedule it is a window: it opens whenever the schedule is due, stays open as long as --for says, and comes again until it is resumed, or --until. Without a word it lists the pauses that are not over. Where no daemon runs, the store is changed.`,
    examples: [
      ['rcron pause', 'list what is paused'],
      ['rcron pause dump --for 2h --reason "restore under way"', ''],
      ['rcron pause system:db1 --until 06:00 --reason "new disks"', 'all that runs on one system'],
      ['rcron pause --all --for 30m --reason "network is changed"', ''],
      ['rcron pause dump --schedule "0 2 * * sun" --for 2h --reason backup', 'a window, every week'],
    ],
    exits: [
      [0, 'done'],
      [1, 'the store is not available: nothing was changed'],
      [4, 'there is no such job or system'],
      [5, 'the sockets of the daemon are not for you'],
    ],
  },
  resume: {
    about:
      'Ends pauses, named as they were paused, or by the first letters of their ids. A job that is paused by its system, or by --all, stays paused until that is resumed. What was not started meanwhile is not caught up.',
    examples: [
      ['rcron resume dump', ''],
      ['rcron resume system:db1', ''],
      ['rcron resume --all', 'what was paused with --all'],
    ],
    exits: [
      [0, 'done'],
      [1, 'the store is not available: nothing was changed'],
      [4, 'nothing is paused so'],
      [5, 'the sockets of the daemon are not for you'],
    ],
  },
  resolve: {
    about: `Gives a run the end that somebody knows of, where rcron could not learn it: one that is lost. The history, the last ends of its job and the counts say that from then on, with who said so and why.

A run that is active is refused, also one whose host cannot be asked: it may be alive, and its lock stays until its end is proven. "rcron kill" ends it; out of contact for RCRON_LOST_AFTER_HOURS it counts as lost.`,
    examples: [['rcron resolve 4b1e07aa --as failed --reason "the host was reinstalled"', '']],
    exits: [
      [0, 'done'],
      [1, 'the store is not available: nothing was changed'],
      [4, 'there is no such run in the history'],
      [5, 'the sockets of the daemon are not for you'],
      [6, 'the run is active, or its end is known'],
    ],
  },
  reload: {
    about:
      'Has the daemon read its settings and all definitions again, as SIGHUP does, and prints what was added, edited and removed, and what is rejected with the reason. Settings that cannot be used are reported, and the old ones stay. "rcron cron add" and other changes need no reload: a running daemon is told.',
    examples: [['rcron reload', '']],
    exits: [
      [0, 'done'],
      [1, 'the new settings cannot be used, or the store does not answer'],
      ...ASKING,
      [6, 'the daemon is stopping'],
    ],
  },
}
