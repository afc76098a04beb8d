import { type Command, Option } from 'commander'
import type { CommandContext, Run } from './context.ts'

export function addHistoryCommands(program: Command, context: CommandContext, run: Run): void {
  program
    .command('failed')
    .summary('list what went wrong since a time, what is alike on one line')
    .option('--since <time>', 'last-visit, 12h, "2h ago", 18:00, "yesterday 02:00" or ISO 8601 (default: 12h)')
    .option('--json', 'print JSON')
    .action((options) => run(async () => (await import('../history/failed.ts')).failed(context, options)))
  program
    .command('audit')
    .summary('list who changed a definition, or had the daemon do something')
    .option('--since <time>', '12h, "2h ago", 18:00, "yesterday 02:00" or ISO 8601')
    .option('-n, --count <n>', 'how many, the newest first (default: 20)')
    .option('--json', 'print JSON')
    .action((options) => run(async () => (await import('../history/audit.ts')).audit(context, options)))
  program
    .command('why')
    .summary('explain a firing step by step, or why there was none')
    .argument('<job>', 'a name, NAME@HOST or an id')
    .argument('[time]', 'when it was due: 02:00, "yesterday 02:00", "2h ago" or ISO 8601 (default: its last firing)')
    .option('--json', 'print JSON')
    .action((job, time, options) =>
      run(async () => (await import('../history/why.ts')).why(context, job, time, options)),
    )
  program
    .command('history')
    .summary('list the last firings of jobs, and how they ended')
    .argument('[job...]', 'names, or NAME@HOST (default: all); "rebuild" alone counts everything again')
    .option('--since <time>', 'due at that time or later: 12h, 18:00, "yesterday 02:00" or ISO 8601')
    .option('--until <time>', 'due before that time')
    .option('--outcome <word>', 'only those that ended so: succeeded, failed, missed, skipped, ...')
    .option('--host <name>', 'only those with a run on that host')
    .option('-n, --count <n>', 'how many, the newest first (default: 20)')
    .option('--json', 'print JSON')
    .action((jobs, options) => run(async () => (await import('../history/history.ts')).history(context, jobs, options)))
  program
    .command('logs')
    .summary('print what a run has printed, or prints now')
    .argument('<run>', 'a job, which means its last run; NAME@HOST, a row, or a run: four letters of its id at least')
    .option('--host <name>', 'the last run on that host')
    .option('--attempt <n>', 'of the last walk from host to host the run with that number')
    .addOption(
      new Option('-f, --follow', 'as it comes, from a running daemon, until it has ended').conflicts('attempt'),
    )
    .option('--raw', 'as it was printed, with what moves a terminal')
    .option('--json', 'print JSON; with -f an object a line')
    .action((word, options) =>
      run(async () => {
        if (options.follow !== true) return await (await import('../history/logs.ts')).logs(context, word, options)
        return await (await import('../live/follow/follow-logs.ts')).followLogs(context, word, options)
      }),
    )
}
