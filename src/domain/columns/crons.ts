import { ACTIONS } from '../action.ts'
import { CATCH_UPS, KEEPS, ON_LOSTS } from '../choices.ts'
import type { Columns } from './column.ts'

/** A field of the schedule, or a macro in the first of them. */
const FIELD = { kind: 'text', length: 255, default: '*' } as const

/** 24 days: the longest time that a timer of the runtime can wait. */
const LONGEST_S = 2_147_483

/** What a cron is: one command, its schedule, one system, one auth. */
export const CRON_COLUMNS = {
  id: { kind: 'id' },
  cron_name: {
    kind: 'text',
    length: 255,
    option: { also: 'name', value: '<name>', help: 'crons with the same name and action are one job' },
  },
  /** The command, with its arguments, as it would stand in a local crontab. */
  cron_path: {
    kind: 'text',
    option: { also: 'command', value: '<command>', help: 'the command, as in a local crontab' },
  },
  cron_min: { ...FIELD, option: { value: '<field>', help: 'minute, or a macro such as @daily (default *)' } },
  cron_hour: { ...FIELD, option: { value: '<field>', help: 'hour (default *)' } },
  cron_dom: { ...FIELD, option: { value: '<field>', help: 'day of month (default *)' } },
  cron_mon: { ...FIELD, option: { value: '<field>', help: 'month (default *)' } },
  cron_dow: { ...FIELD, option: { value: '<field>', help: 'day of week (default *)' } },
  enabled: { kind: 'flag', default: 0, option: { value: '[0|1]', help: 'whether it runs (default 0)' } },
  /** `id` of a SystemRow. */
  host: { kind: 'whole', references: 'system' },
  /** `id` of an AuthRow. */
  user: { kind: 'whole', references: 'auth' },
  action: {
    kind: 'position',
    default: 0,
    choices: ACTIONS,
    option: { value: '<action>', help: '0 failover, 1 shuffle, 2 all or 3 clobber (default 0)' },
  },
  /** IANA name. Null: rcron's own zone. */
  timezone: {
    kind: 'text',
    length: 64,
    nullable: true,
    option: { value: '<zone>', help: "IANA zone of its schedule (default: rcron's)" },
  },
  /** What is run of minutes missed beyond the catch-up window: `none` (null), `last` or `all`. */
  catch_up: {
    kind: 'text',
    length: 8,
    nullable: true,
    choices: CATCH_UPS,
    option: { value: '<which>', help: 'which of the minutes missed in a longer outage to run: none, last, all' },
  },
  /** How late, in minutes, a caught-up run may begin. Null: any time. */
  latest_start_min: {
    kind: 'whole',
    nullable: true,
    unit: 'minutes',
    range: { what: 'whole minutes', least: 0, most: null },
    option: {
      also: 'latest-start',
      value: '<time>',
      help: 'how late a caught-up run may begin: minutes, or 2h, 1d (default: any time)',
    },
  },
  /** After a lost run: `stop` (null) or `failover`. */
  on_lost: {
    kind: 'text',
    length: 8,
    nullable: true,
    choices: ON_LOSTS,
    option: { value: '<what>', help: 'after a run whose end remains unknown: stop, failover' },
  },
  /** Seconds of wall-clock time a run may take. Null: no limit. */
  timeout_s: {
    kind: 'whole',
    nullable: true,
    unit: 'seconds',
    range: { what: 'whole seconds', least: 1, most: LONGEST_S },
    option: {
      also: 'timeout',
      value: '<time>',
      help: 'how long a run may take: seconds, or 90m, 2h (default: no limit)',
    },
  },
  /** Seconds between TERM and KILL. Null: 10. */
  kill_grace_s: {
    kind: 'whole',
    nullable: true,
    unit: 'seconds',
    range: { what: 'whole seconds', least: 0, most: LONGEST_S },
    option: { also: 'kill-grace', value: '<time>', help: 'time between TERM and KILL: seconds, or 2m (default 10)' },
  },
  /** 1: runs get a connection of their own. Null means 0. */
  own_connection: {
    kind: 'flag',
    nullable: true,
    option: { value: '[0|1]', help: '1 gives each run its own connection (default 0)' },
  },
  /** 1: output is kept on the host while nobody listens. Null means 0. */
  keep_output: {
    kind: 'flag',
    nullable: true,
    option: { value: '[0|1]', help: '1 keeps output on the host while the connection is lost (default 0)' },
  },
  /** Of which runs the history keeps what they printed: `all` (null), `failures` or `none`. */
  keep: {
    kind: 'text',
    length: 8,
    nullable: true,
    choices: KEEPS,
    option: { value: '<which>', help: 'of which runs the history keeps the output: all, failures, none (default all)' },
  },
  description: {
    kind: 'text',
    length: 255,
    nullable: true,
    isNote: true,
    option: { value: '<text>', help: 'what it is for, in a line' },
  },
  tags: {
    kind: 'text',
    length: 255,
    nullable: true,
    words: 'list',
    isNote: true,
    option: { value: '<tags>', help: 'words to find it by, separated by commas: prod,nightly' },
  },
  /** Who answers for it. */
  owner: {
    kind: 'text',
    length: 255,
    nullable: true,
    isNote: true,
    option: { value: '<who>', help: 'who answers for it: a person, a team, an address' },
  },
} as const satisfies Columns

/** What a run leaves in its cron's row. Nobody edits it. */
export const RECORD_COLUMNS = {
  /** `YYYY-MM-DD HH:MM:SS`, UTC; null where it never ran. */
  last_run: { kind: 'moment', nullable: true },
  /** Seconds. */
  duration: { kind: 'seconds', nullable: true },
  /** How it ended, in one line; null after a success. */
  errors: { kind: 'text', length: 255, nullable: true },
} as const satisfies Columns
