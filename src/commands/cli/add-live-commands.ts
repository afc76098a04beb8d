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
    .action((job, options) => run(async () => (await import('../live/ps.ts')).ps(context, job, options)))
}

export function addSteeringCommands(program: Command, context: CommandContext, run: Run): void {
  program
    .command('run')
    .summary('start a job now, in the daemon')
    .argument('<job>', 'a name, which means the whole job; NAME@HOST or the id of a row')
    .option('--host <host>', 'only on this host')
    .option('--wait', "wait for its end, and exit with the job's own status")
    .option('--force', 'beside the runs of the job that are active')
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
    .command('reload')
    .summary('have the daemon read settings and definitions again; print what changed')
    .option('--json', 'print JSON')
    .action((options) => run(async () => (await import('../live/reload.ts')).reload(context, options)))
}
