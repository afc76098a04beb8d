import type { ManualPage } from './manual-page.ts'

const SETTINGS = `Settings:
  They come from the environment (RCRON_...), and otherwise from the file .env in the working directory.
  "rcron settings" lists them all with unit, default and meaning; .env.example is the same as a file to copy.
  Output is coloured on a terminal, unless NO_COLOR is set; FORCE_COLOR colours it everywhere.
  "rcron help exit-codes" lists what every exit status means.`

const NOUN_EXITS = [
  [0, 'done'],
  [1, 'not done: the store is unavailable'],
  [4, 'there is no such row'],
  [6, 'refused: another row is in the way, or somebody changed it meanwhile'],
] as const

/** By command; `rcron` is the page of the whole. */
export const MANUAL: Readonly<Record<string, ManualPage>> = {
  rcron: {
    about: `One crontab for all your machines, agentless: runs scheduled commands on remote hosts over SSH.

An auth is a user with a secret, a system is a host with its ports, a cron is a command with a schedule on one system as one auth. Crons that share a name and an action are one job: with action failover the first that succeeds is enough.`,
    examples: [
      ['rcron init', 'create the tables'],
      ['rcron auth add --user backup --key ~/.ssh/rcron', ''],
      ['rcron system add --host db1.example.com', ''],
      [
        "rcron cron add --name dump --command /usr/local/bin/dump --schedule '30 2 * * *' --host db1.example.com --user backup",
        '',
      ],
      ['rcron test', 'log in everywhere'],
      ['rcron tick --dry-run', 'what would run now, and why the rest would not'],
      ['rcron cron enable dump', 'let it run'],
      ['rcron daemon', 'run it from now on'],
    ],
    exits: [
      [0, 'done'],
      [1, 'an operation or a run failed'],
    ],
    notes: SETTINGS,
  },
  daemon: {
    about: `Runs what is due at every minute, until SIGTERM or SIGINT.

SIGHUP reloads settings and definitions. SIGTERM stops planning and waits up to RCRON_DRAIN_SECONDS for active runs; those still running then continue, and the next start adopts them. A second SIGTERM exits at once. Logs go to standard output, under systemd with priorities.`,
    examples: [
      ['rcron daemon', 'in the foreground'],
      ['systemctl enable --now rcron', 'as a service'],
    ],
    exits: [
      [0, 'stopped on request'],
      [1, 'another daemon uses the state directory, or the daemon cannot start'],
    ],
  },
  tick: {
    about: `Plans and runs one minute, and exits when its runs have ended: to start rcron from cron, or to try a setup.

Without --at, a minute is run once however often tick is called, and minutes missed since the last call are caught up within RCRON_CATCH_UP_MINUTES. Ticks may overlap: the next one sees a run that is still active. --at runs the crons due in that minute by hand, or only the named ones among them: it ignores what was planned before and records nothing as planned, and the rules for overlapping runs apply; on a terminal it asks before starting several jobs. After a boot of the machine the first tick runs the @reboot crons, once.

While a daemon uses the state directory tick refuses to run, since the daemon plans every minute; --at and --dry-run still work. Without a terminal it prints only warnings, errors and the outcomes of runs, so that a local crontab mails nothing for an idle minute; RCRON_LOG_LEVEL=info prints more.`,
    examples: [
      ['* * * * * rcron tick', 'in a local crontab, instead of the daemon'],
      ['rcron tick --dry-run', 'what would run now; runs and records nothing'],
      ['rcron tick --at 2026-03-01T02:30 --dry-run', 'what is due at that time'],
      ['rcron tick --at 2026-03-01T02:30', 'run it now'],
      ['rcron tick --at 2026-03-01T02:30 dump', 'run only that job'],
    ],
    exits: [
      [0, 'every job succeeded, or nothing was due'],
      [1, 'a job did not succeed, or there were no definitions'],
      [4, 'there is no such cron'],
      [6, 'refused: a daemon is running, or the answer was no'],
    ],
  },
  test: {
    about: `Logs in to systems as every auth that a cron uses there, runs harmless commands (echo, date, and one supervised like the run of a cron), and prints a table of the logins: port, address, host key, auth, time and result.

A second table shows what was checked on each host: clock, supervision, shell, spool (where runs are claimed), processes (how they are found again), scope (whether a kill reaches the session's control group), algorithms, sessions (how many a connection may have at once, up to RCRON_MAX_SESSIONS_PER_CONNECTION) and the types of its host keys. Below it is listed what does not work or works less well, and what to do.

Hosts are tried at the same time, the logins of one host one after the other; after four refused logins on a host the rest are skipped, because many hosts block an address that fails too often.`,
    examples: [
      ['rcron test', 'every login that crons need'],
      ['rcron test db1.example.com', 'on one system'],
      ['rcron test db1.example.com --user backup', 'as one auth, whether or not a cron uses it'],
      ['rcron test --json', 'for scripts'],
    ],
    exits: [
      [0, 'every login works; some things may work less well'],
      [1, 'the store is unavailable'],
      [4, 'there is no such system or auth'],
      [10, 'some logins do not work'],
    ],
  },
  check: {
    about:
      'Checks the settings, every definition and every secret, and prints each problem on its own line: where it is, what was found, what was expected, what to do. Then it says which user, store and state directory are in use. It runs nothing and contacts no host: "rcron test" does that.',
    examples: [
      ['rcron check', ''],
      ['rcron check --json', 'for scripts'],
    ],
    exits: [
      [0, 'no errors; there may be warnings'],
      [1, 'the store cannot be read'],
      [10, 'errors: what they are about does not run'],
    ],
  },
  next: {
    about: `Prints the next times of schedules or crons, and explains each schedule in plain words. Without arguments it does so for all enabled crons; a named cron is shown even if it is disabled, and marked. Rows that cannot be used are reported on standard error, and the others are shown.

With --stdin each line of standard input is a question {"expr","tz","from","count"}, of which only expr is required (null counts as absent). Each is answered at once, and in order, by a line {"next":[...]} or {"error":"..."}.`,
    examples: [
      ["rcron next '*/15 9-17 * * mon-fri' --tz Europe/Berlin", ''],
      ['rcron next dump --count 10', 'the next ten times of a cron'],
      ["rcron next '30 2 * * *' --from 2026-03-28T12:00", 'across a clock change'],
      ['echo \'{"expr":"@daily","count":2}\' | rcron next --stdin', ''],
    ],
    exits: [
      [0, 'answered; with --stdin also where an answer is an error'],
      [1, 'the store could not be read'],
      [4, 'there is no such cron'],
    ],
  },
  failed: {
    about: `Lists what somebody should look at since a time, the newest first: firings that failed, were missed, skipped or blocked, or whose end is not known. What is alike is one line: the same job several times, or the same error in several jobs. A failover that succeeded in the end is not among them.

--since last-visit shows what has come since you asked so the last time, and keeps the time of this visit, for each user, in the state directory.

Times of the clock are those of RCRON_TIMEZONE.`,
    examples: [
      ['rcron failed', 'of the last 12 hours'],
      ['rcron failed --since last-visit', 'what is new'],
      ['rcron failed --since 18:00', 'since the evening'],
      ['rcron failed --since 7d --json', ''],
    ],
    exits: [
      [0, 'listed, or there is nothing to list'],
      [1, 'the store could not be read, or has no history'],
    ],
  },
  audit: {
    about: `Lists who changed a definition with a command, or had the daemon run, kill or reload something: when, who, what, and how it was before and after. Secrets are not shown. What is changed by SQL is not in it.

Who asked the daemon is proven. Who changed a definition is the user of the command; for root and the service, with whom sudo says they acted for.`,
    examples: [
      ['rcron audit', 'the last 20'],
      ['rcron audit --since yesterday --json', 'for scripts'],
    ],
    exits: [
      [0, 'listed'],
      [1, 'the store could not be read, or has no audit'],
    ],
  },
  why: {
    about: `Explains what became of a job at a time, from what is stored: when it was due, waited and started, on which hosts it was tried, how each attempt and all of it ended, and what to type next. Where there was no firing: whether its crons are disabled or were not due, with the field of the schedule that does not match, and who changed them since.

Times of the clock are those of the job's own time zone. Why there was no firing is told by the rows as they are now.`,
    examples: [
      ['rcron why dump', 'its last firing'],
      ["rcron why dump 'yesterday 02:00'", ''],
      ['rcron why dump@db1.example.com 2026-03-01T02:00 --json', ''],
    ],
    exits: [
      [0, 'explained'],
      [1, 'the store could not be read, or has no history'],
      [4, 'there is no such job'],
    ],
  },
  history: {
    about: `Lists the firings of jobs, the newest first: when each was due, where it ran, how it ended and why, and at the end the last 60 of a single job as a bar: . succeeded, F failed, T timed out, U unreachable, R refused, L lost, B blocked, M missed, O skipped, K killed.

A firing is one line, however many hosts were tried; --json has all that is known of it. How long all this is kept: RCRON_HISTORY_DAYS and RCRON_HISTORY_RUNS.

"rcron history rebuild" counts everything again from the rows, beside a running daemon too: after rows were changed or brought back by hand.`,
    examples: [
      ['rcron history', 'the last 20 of all jobs'],
      ['rcron history dump -n 50', ''],
      ['rcron history dump@db1 --since 7d --outcome failed', ''],
    ],
    exits: [
      [0, 'listed'],
      [1, 'the store could not be read, or has no history'],
      [4, 'there is no such job'],
    ],
  },
  logs: {
    about: `Prints what a run has printed, as history keeps it: the first 4 KiB and the last 12 KiB of each stream, with how many bytes are left out in between. A job means its last run that began, on whichever host. It needs no daemon, and finds runs that still wait for the store.

Control characters are made visible. --raw prints each stream to its own as it was kept, and nothing else on standard output.

With -f it prints what a running daemon hears, as it comes: first what is kept of what the run has printed, then all that follows, stdout and stderr each to its own, until the run has ended; how it ended is said on standard error. Of a job all active runs are followed, from host to host; where none is active it waits for the next one. What is printed faster than it can be taken in is left out, and that is said, in bytes: no reader slows a run. An interruption ends the reading only. What a run prints that an earlier process of rcron has started is known only when it has ended.`,
    examples: [
      ['rcron logs dump', 'the last run of a job'],
      ['rcron logs dump@db1', 'on one host'],
      ['rcron logs dump --attempt 1', 'the first one that its last firings tried'],
      ['rcron logs dump --raw', 'for a pipe'],
      ['rcron logs -f dump', 'what it prints now, or in its next run'],
    ],
    exits: [
      [0, 'printed, or nothing of it is kept'],
      [1, 'the store could not be read, or has no history'],
      [3, '-f: no daemon runs, or it does not answer'],
      [4, 'there is no such job or run'],
      [5, '-f: the sockets of the daemon are not for you'],
      [8, '-f: the daemon has gone, and runs go on'],
      [130, '-f was interrupted, and runs go on'],
    ],
  },
  init: {
    about:
      'Creates missing tables, and adds the columns that tables of the first rcron lack. It changes nothing that exists. Safe to repeat.',
    examples: [
      ['rcron init --dry-run', 'print the statements, for a database where another user may alter tables'],
      ['rcron init', ''],
    ],
    exits: [
      [0, 'the tables are usable; a column that could not be added is a warning'],
      [1, 'a table could not be created, or the store is unavailable'],
    ],
  },
  settings: {
    about:
      'Lists every variable that rcron reads: its meaning, unit, default and value in the environment and in .env of the working directory. Secrets are not shown. "rcron check" judges them.',
    examples: [['rcron settings', '']],
    exits: [[0, 'done']],
  },
  auth: {
    about:
      'Users and their secrets. rcron asks for a secret on the terminal, or reads it from a file or standard input; it is never given on the command line.',
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
      'What runs, when, where and as whom. A new cron is disabled until "rcron cron enable". Crons that share a name and an action are one job, tried in the order of their ids. A name means all crons of that name, NAME@HOST or an id means one.',
    examples: [
      ['rcron cron list', ''],
      ['rcron cron enable dump', ''],
    ],
    exits: NOUN_EXITS,
  },
}
