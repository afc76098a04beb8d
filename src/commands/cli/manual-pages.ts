import type { ManualPage } from './manual-page.ts'

const SETTINGS = `Settings:
  They come from the environment (RCRON_...), and beneath it from a file .env in the working directory.
  "rcron settings" lists them all with unit, default and meaning; .env.example holds the same as a file to copy.
  Output is coloured on a terminal, unless NO_COLOR is set; FORCE_COLOR colours it everywhere.`

const NOUN_EXITS = [
  [0, 'done'],
  [1, 'it could not be done: another row in the way, the store away'],
] as const

/** By command; `rcron` is the page of the whole. */
export const MANUAL: Readonly<Record<string, ManualPage>> = {
  rcron: {
    about: `One crontab for all your machines, agentless: runs scheduled commands on remote hosts over SSH.

An auth is a user with a secret, a system is a host with its ports, a cron is a command with a schedule on one system as one auth. Crons that share a name and an action are one job: with action failover the first that succeeds is enough.`,
    examples: [
      ['rcron init', 'make the tables'],
      ['rcron auth add --user backup --password-reference /etc/rcron/id_ed25519', ''],
      ['rcron system add --host db1.example.com', ''],
      [
        "rcron cron add --cron-name dump --cron-path /usr/local/bin/dump --schedule '30 2 * * *' --host db1.example.com --user backup",
        '',
      ],
      ['rcron test', 'log in everywhere'],
      ['rcron tick --dry-run', 'what would run now, and why the rest would not'],
      ['rcron cron enable dump', 'let it run'],
      ['rcron daemon', 'run it, from now on'],
    ],
    exits: [
      [0, 'done'],
      [1, 'an operation or a run failed'],
    ],
    notes: SETTINGS,
  },
  daemon: {
    about: `Runs what is due at every minute, until SIGTERM or SIGINT.

SIGHUP reads settings and definitions anew. SIGTERM stops planning and waits for active runs up to RCRON_DRAIN_SECONDS; what still runs then goes on, and is adopted by the next start. A second SIGTERM leaves at once. Logs go to standard output, under systemd with priorities.`,
    examples: [
      ['rcron daemon', 'in the foreground'],
      ['systemctl enable --now rcron', 'as a service'],
    ],
    exits: [
      [0, 'stopped on request'],
      [1, 'another daemon has the state directory, or it cannot start'],
    ],
  },
  tick: {
    about: `Plans and runs one minute, and exits when its runs have ended: for those who start rcron from cron, and for trying a setup.

Without --at, a minute is run once however often tick is called, and minutes missed since the last call are caught up within RCRON_CATCH_UP_MINUTES. Ticks may overlap: a run that is still active is seen by the next one. With --at the crons due in that minute are run by hand, or those of them that are named: what was planned before is neither asked nor noted, and the rules of overlap hold; on a terminal it is asked before several jobs are started. After a boot of the machine the first tick runs the crons of @reboot, once.

While a daemon uses the state directory a tick is refused, since the daemon plans every minute; --at and --dry-run are not. With nobody at a terminal only warnings, errors and the outcomes of runs are printed, so that a local crontab has nothing to mail for an idle minute; RCRON_LOG_LEVEL=info asks for more.`,
    examples: [
      ['* * * * * rcron tick', 'in a local crontab, instead of the daemon'],
      ['rcron tick --dry-run', 'what would run now; nothing is run or noted'],
      ['rcron tick --at 2026-03-01T02:30 --dry-run', 'what is due at that time'],
      ['rcron tick --at 2026-03-01T02:30', 'run it now'],
      ['rcron tick --at 2026-03-01T02:30 dump', 'run that job alone'],
    ],
    exits: [
      [0, 'every job succeeded, or nothing was due'],
      [1, 'some did not, there were no definitions, or a daemon is there'],
    ],
  },
  test: {
    about: `Logs in to systems as every auth that a cron uses there, runs harmless commands (echo, date, and one supervised as a cron's run is), and prints a table of the logins: port, address, host key, auth, time and result.

A second table tells what was looked at on each host: clock, supervision, shell, spool (where runs are claimed), processes (how they are found again), scope (whether a kill reaches the session's control group), algorithms, sessions (how many a connection may have at once, up to RCRON_MAX_SESSIONS_PER_CONNECTION) and the types of its host keys. Beneath stands what does not work or works less well, and what to do.

Hosts are tried at the same time, the logins of one host one after the other; after four refused logins on a host the rest is left out, because many hosts shut out an address that fails too often.`,
    examples: [
      ['rcron test', 'every login that crons need'],
      ['rcron test db1.example.com', 'on one system'],
      ['rcron test db1.example.com --user backup', 'as one auth, whether or not a cron uses it'],
      ['rcron test --json', 'for scripts'],
    ],
    exits: [
      [0, 'every login works; something may work less well'],
      [1, 'some do not'],
    ],
  },
  check: {
    about:
      'Judges the settings, every definition and every secret, and prints each problem on a line of its own: where it is, what was found, what was expected, what to do. Nothing is run and no host is asked: "rcron test" does that.',
    examples: [
      ['rcron check', ''],
      ['rcron check --json', 'for scripts'],
    ],
    exits: [
      [0, 'no errors; there may be warnings'],
      [1, 'errors: what they name does not run'],
    ],
  },
  next: {
    about: `Prints coming times of schedules or of crons, and reads each schedule in plain words. Without arguments: of all enabled crons; one that is named is answered, and marked, where it is disabled. Rows that cannot be used are named on standard error, and the others answered.

With --stdin each line of standard input is a question {"expr","tz","from","count"}, of which only expr is needed (null is as if absent), and each is answered by a line {"next":[...]} or {"error":"..."}, in order and as they come.`,
    examples: [
      ["rcron next '*/15 9-17 * * mon-fri' --tz Europe/Berlin", ''],
      ['rcron next dump --count 10', 'the next ten times of a cron'],
      ["rcron next '30 2 * * *' --from 2026-03-28T12:00", 'around a change of the clock'],
      ['echo \'{"expr":"@daily","count":2}\' | rcron next --stdin', ''],
    ],
    exits: [
      [0, 'answered; with --stdin also where an answer is an error'],
      [1, 'the store could not be asked'],
    ],
  },
  init: {
    about:
      'Makes the tables that are missing, and adds the columns that tables of the first rcron lack. Nothing that is there is changed. Safe to repeat.',
    examples: [
      ['rcron init --dry-run', 'print the statements, for a database where another user may alter tables'],
      ['rcron init', ''],
    ],
    exits: [
      [0, 'the tables can be used; a column that could not be added is a warning'],
      [1, 'a table could not be made, or the store is away'],
    ],
  },
  settings: {
    about:
      'Lists every variable that rcron reads: its meaning, unit and default, and what it is set to in the environment and in .env of the working directory. Secrets are not shown. "rcron check" judges them.',
    examples: [['rcron settings', '']],
    exits: [[0, 'done']],
  },
  auth: {
    about:
      'Users and the secrets that let them in. A secret is asked for on the terminal, or read from a file or from standard input; it never stands on a command line.',
    examples: [
      ['rcron auth add --user backup', 'asks for the password'],
      ['rcron auth list', ''],
    ],
    exits: NOUN_EXITS,
  },
  system: {
    about: 'Hosts to run commands on.',
    examples: [
      ['rcron system add --host db1.example.com --port 2222', ''],
      ['rcron system list', ''],
    ],
    exits: NOUN_EXITS,
  },
  cron: {
    about:
      'What runs, when, where and as whom. A new cron is disabled until "rcron cron enable". Crons that share a name and an action are one job, tried in the order of their ids. A name means all that have it, NAME@HOST or an id means one.',
    examples: [
      ['rcron cron list', ''],
      ['rcron cron enable dump', ''],
    ],
    exits: NOUN_EXITS,
  },
}
