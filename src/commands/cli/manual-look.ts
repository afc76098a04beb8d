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
}
