import type { Command } from 'commander'
import type { CommandContext, Run } from './context.ts'

export function addLookCommands(program: Command, context: CommandContext, run: Run): void {
  program
    .command('show')
    .summary('show a job: its definition, last outcomes, durations, next time and changes')
    .argument('<job...>', 'names, which mean the whole job; NAME@HOST or the id of a row')
    .option('--json', 'print JSON')
    .action((jobs, options) => run(async () => (await import('../look/show.ts')).show(context, jobs, options)))
  program
    .command('hosts')
    .summary('list the hosts of all crons: which can be reached, which refuse a login, what runs there')
    .argument('[host]', 'only hosts of this pattern, with their port or without, or systems of this name')
    .option('--json', 'print JSON')
    .option('--watch', 'print it again every two seconds, in the same place, until Ctrl-C')
    .action((host, options) => run(async () => (await import('../look/hosts.ts')).hosts(context, host, options)))
  program
    .command('load')
    .summary('show how many runs start in each minute of a day')
    .argument('[day]', 'today, tomorrow or a date (default: today)')
    .option('--json', 'print JSON')
    .action((day, options) => run(async () => (await import('../look/load.ts')).load(context, day, options)))
}
