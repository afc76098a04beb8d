import { type Command, Option } from 'commander'
import type { CommandContext, Run } from './context.ts'

export function addRunningCommands(program: Command, context: CommandContext, run: Run): void {
  program
    .command('daemon')
    .summary('run what is due at every minute, until SIGTERM')
    .action(() => run(async () => (await import('../daemon.ts')).daemon(context)))
  program
    .command('tick')
    .summary('plan and run one minute, and exit when its runs have ended')
    .argument('[cron...]', 'with --at: ids, names or NAME@HOST; runs only these, of those due then')
    .option('--at <time>', 'fire this minute by hand: 02:00, "yesterday 02:00", "2h ago" or ISO 8601')
    .option('--yes', 'do not ask before starting several jobs')
    .option('--dry-run', 'print what would run, where and in which order, and why the other crons would not')
    .option('--rows', 'with --dry-run: a line for each cron, and none for several that are alike')
    .option('--json', 'print JSON')
    .action((wanted, options) => run(async () => (await import('../tick/tick.ts')).tick(context, wanted, options)))
}

export function addTryingCommands(program: Command, context: CommandContext, run: Run): void {
  program
    .command('test')
    .summary('log in to systems, and report what works and what does not')
    .argument('[system...]', 'ids, names, hosts or host:port (default: all)')
    .option('--user <auth>', 'only as this auth (id, name or user); on named systems also if no cron uses it there')
    .option('--commands', 'also look for the first word of each command, as its run would; none is run')
    .option('--json', 'print JSON')
    .action((systems, options) =>
      run(async () => (await import('../login-test/test.ts')).test(context, systems, options)),
    )
  program
    .command('check')
    .summary('check the settings and all definitions, and print every problem')
    .option('--rows', 'print what is the same of many rows for each of them')
    .option('--json', 'print JSON')
    .action((options) => run(async () => (await import('../check.ts')).check(context, options)))
  program
    .command('next')
    .summary('list the jobs by their next times; explain schedules or crons in plain words')
    .argument('[schedule-or-cron...]', 'five fields or a macro, quoted as one argument; or ids or names of crons')
    .option('--from <time>', 'print times after this one: 18:00, "tomorrow 06:00", "in 2h" or ISO 8601 (default: now)')
    .option('--tz <zone>', "IANA zone (default: the cron's, else RCRON_TIMEZONE)")
    .option('--for <time>', 'list all jobs, or those named, that are due in this time: 1h, 30m, 2d')
    .option('--count <n>', 'how many times of each schedule or cron to print (default: 5)')
    .addOption(new Option('--stdin', 'answer questions on standard input, one JSON object per line'))
    .option('--json', 'print JSON; with --stdin answers always are')
    .action((wanted, options) => run(async () => (await import('../next/next.ts')).next(context, wanted, options)))
}

export function addSettingCommands(program: Command, context: CommandContext, run: Run): void {
  program
    .command('init')
    .summary('create missing tables and add missing columns')
    .option('--dry-run', 'print the statements and change nothing')
    .option('--json', 'print JSON')
    .action((options) => run(async () => (await import('../init.ts')).init(context, options)))
  program
    .command('settings')
    .summary('list every variable that rcron reads, and its value')
    .option('--json', 'print JSON')
    .action((options) => run(async () => (await import('../settings.ts')).settings(context, options)))
}
