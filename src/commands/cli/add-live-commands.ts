import type { Command } from 'commander'
import type { CommandContext, Run } from './context.ts'

export function addLookingCommands(program: Command, context: CommandContext, run: Run): void {
  program
    .command('status')
    .summary('how the daemon is, and what it works with')
    .option('--json', 'print JSON')
    .action((options) => run(async () => (await import('../live/status.ts')).status(context, options)))
  program
    .command('ps')
    .summary('list the runs that are active, and what waits')
    .argument('[job]', 'only those of this job, NAME@HOST, row or run')
    .option('--json', 'print JSON')
    .option('--watch', 'print it again every two seconds, in the same place, until Ctrl-C')
    .action((job, options) => run(async () => (await import('../live/ps.ts')).ps(context, job, options)))
}

export function addSteeringCommands(program: Command, context: CommandContext, run: Run): void {
  program
    .command('run')
    .summary('start a job now, in the daemon')
    .argument('<job>', 'a name, which means the whole job; NAME@HOST or the id of a row')
    .option('--host <host>', 'only on this host')
    .option('--wait', "wait for its end, and exit with the job's own status")
    .option('--force', 'beside the runs of the job that are active, and though it is paused')
    .option('--yes', 'do not ask before a clobber kills a run')
    .option('--json', 'print JSON')
    .action((job, options) => run(async () => (await import('../live/run.ts')).run(context, job, options)))
  program
    .command('kill')
    .summary('end runs, and say of each whether it is dead')
    .argument('<run...>', 'ids of runs, four letters of them at least; jobs, NAME@HOST or rows: all their runs')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .action((words, options) => run(async () => (await import('../live/kill.ts')).kill(context, words, options)))
  program
    .command('pause')
    .summary('keep jobs from being started for a time; without a word, list what is paused')
    .argument('[job...]', 'names, which mean the whole job; NAME@HOST or ids of rows; system:NAME, tag:NAME')
    .option('--all', 'everything')
    .option('--for <time>', 'for so long: 30m, 2h, 1d; with --schedule, how long each window is open')
    .option('--until <time>', 'until then: 06:00, "tomorrow 06:00" or ISO 8601 (default: until it is resumed)')
    .option('--schedule <fields>', 'again and again, when these five fields or this macro are due')
    .option('--tz <zone>', 'with --schedule: IANA zone (default: RCRON_TIMEZONE)')
    .option('--reason <text>', 'what it is for')
    .option('--json', 'print JSON')
    .action((words, options) => run(async () => (await import('../pauses/pause.ts')).pause(context, words, options)))
  program
    .command('resume')
    .summary('end pauses')
    .argument('[job...]', 'as they were paused, or the first letters of ids of pauses')
    .option('--all', 'what was paused with --all')
    .option('--json', 'print JSON')
    .action((words, options) => run(async () => (await import('../pauses/resume.ts')).resume(context, words, options)))
  program
    .command('resolve')
    .summary('say how a lost run ended')
    .argument('<run>', 'its id, four letters of it at least')
    .option('--as <end>', 'succeeded or failed')
    .option('--reason <text>', 'how that is known')
    .option('--json', 'print JSON')
    .action((word, options) => run(async () => (await import('../live/resolve.ts')).resolve(context, word, options)))
  program
    .command('reload')
    .summary('have the daemon read settings and definitions again; print what changed')
    .option('--json', 'print JSON')
    .action((options) => run(async () => (await import('../live/reload.ts')).reload(context, options)))
}
