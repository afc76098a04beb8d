import { ACTIONS, type Action } from '../../domain/action.ts'
import { CATCH_UPS, ON_LOSTS } from '../../domain/cron.ts'
import { type Column, choiceOrNothing, flag, text, textOrNothing, wholeNumberOrNothing } from './column.ts'

const A_WEEK_IN_MINUTES = 7 * 24 * 60
const A_MONTH_IN_SECONDS = 31 * 24 * 60 * 60

/** Columns of a cron but `host` and `user`, which are named by system and auth. */
export const CRON_COLUMNS: readonly Column[] = [
  { name: 'cron_name', value: '<name>', help: 'crons with the same name and action are one job', parse: text },
  { name: 'cron_path', value: '<command>', help: 'the command, as in a local crontab', parse: text },
  { name: 'cron_min', value: '<field>', help: 'minute, or a macro such as @daily (default *)', parse: text },
  { name: 'cron_hour', value: '<field>', help: 'hour (default *)', parse: text },
  { name: 'cron_dom', value: '<field>', help: 'day of month (default *)', parse: text },
  { name: 'cron_mon', value: '<field>', help: 'month (default *)', parse: text },
  { name: 'cron_dow', value: '<field>', help: 'day of week (default *)', parse: text },
  { name: 'enabled', value: '<0|1>', help: 'whether it runs (default 0)', parse: flag },
  {
    name: 'action',
    value: '<action>',
    help: '0 failover, 1 shuffle, 2 all or 3 clobber (default 0)',
    parse: actionNumber,
  },
  { name: 'timezone', value: '<zone>', help: "IANA zone of its schedule (default: rcron's)", parse: textOrNothing },
  {
    name: 'catch_up',
    value: '<which>',
    help: 'which of the minutes missed in a longer outage to run: none, last, all',
    parse: choiceOrNothing(CATCH_UPS),
  },
  {
    name: 'latest_start_min',
    value: '<minutes>',
    help: 'how late a caught-up run may begin (default: any time)',
    parse: wholeNumberOrNothing(0, A_WEEK_IN_MINUTES),
  },
  {
    name: 'on_lost',
    value: '<what>',
    help: 'after a run whose end remains unknown: stop, failover',
    parse: choiceOrNothing(ON_LOSTS),
  },
  {
    name: 'timeout_s',
    value: '<seconds>',
    help: 'how long a run may take (default: no limit)',
    parse: wholeNumberOrNothing(1, A_MONTH_IN_SECONDS),
  },
  {
    name: 'kill_grace_s',
    value: '<seconds>',
    help: 'seconds between TERM and KILL (default 10)',
    parse: wholeNumberOrNothing(0, A_MONTH_IN_SECONDS),
  },
  { name: 'own_connection', value: '<0|1>', help: '1 gives each run its own connection (default 0)', parse: flag },
  {
    name: 'keep_output',
    value: '<0|1>',
    help: '1 keeps output on the host while the connection is lost (default 0)',
    parse: flag,
  },
]

function actionNumber(value: string): number {
  const number = /^\d$/.test(value) ? Number(value) : ACTIONS.indexOf(value as Action)
  if (ACTIONS[number] !== undefined) return number
  throw new Error(`expected ${ACTIONS.map((action, index) => `${index} (${action})`).join(', ')}`)
}
