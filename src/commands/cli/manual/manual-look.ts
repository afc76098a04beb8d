import type { ManualPage } from './manual-page.ts'

/** The pages of the commands that look at jobs. */
export const LOOK_MANUAL: Readonly<Record<string, ManualPage>> = {
  show: {
    about: `Shows what is known of a job: its definition; its last 60 outcomes as a bar, the newest last; how long a success usually takes (half of the last ones, and 95 of 100); how many ended alike in a row; when it is due next; and the last changes made by a command, with who made them.

A name means the whole job, whose firings are counted; NAME@HOST or an id means one row, whose runs are. It is read from roll-ups, so that it is quick however long the history is. Of a job that was removed, what the history has is shown. Times are those of the job's zone.`,
    examples: [
      ['rcron show dump', ''],
      ['rcron show dump@db1.example.com', 'one host of it'],
      ['rcron show dump --json', 'for scripts'],
    ],
    exits: [
      [0, 'done'],
      [1, 'the store is unavailable'],
      [4, 'there is no such job'],
    ],
  },
  hosts: {
    about: `Lists the hosts of all crons, those with trouble first: how each is and since when, how many runs are active there of those that may be at once, how many more wait (+2), its jobs and crons, and what is wrong. It says what runs have told since the daemon began; no host is asked for it. Times are those of rcron's zone.

"unreachable": no connection comes about, or contact with a run was lost. "refused": it answers and does not let a user in. "waiting": the same, and no login is tried for a while, as one that is tried over and over makes a host shut out everybody from this address. "untried": nothing has been there yet. A system that is paused says so beside its state.

How far a host's clock is from rcron's, and what else it lacks, "rcron test" finds out.`,
    examples: [
      ['rcron hosts', ''],
      ["rcron hosts 'db*'", 'only these'],
      ['rcron hosts --json', 'for scripts'],
    ],
    exits: [
      [0, 'done'],
      [3, 'no daemon runs, or it does not answer'],
      [4, 'no cron has such a host'],
      [5, 'the sockets of the daemon are not for you'],
    ],
  },
  load: {
    about: `Shows how many runs start in each minute of a day, by the schedules of all crons that are enabled: a line for each hour, a character for each minute, the darker the more starts. Beneath stand the minutes with the most starts, and the hosts that are given more in a minute than they take at once (RCRON_MAX_CONCURRENT_RUNS_PER_HOST): there runs wait.

An action all starts on each of its hosts, the other actions on one; where a run fails and the next host is tried is not foreseen. The day is one of rcron's zone. An hour that the clock skips has no line, and one that it repeats has two.`,
    examples: [
      ['rcron load', 'today'],
      ['rcron load tomorrow', ''],
      ['rcron load 2026-03-29 --json', 'for scripts'],
    ],
    exits: [
      [0, 'done'],
      [1, 'the store is unavailable'],
    ],
  },
}
