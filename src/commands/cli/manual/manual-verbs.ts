import type { ManualPage } from './manual-page.ts'

const CHANGE_EXITS = [
  [0, 'done'],
  [1, 'not done: the store is unavailable; nothing was changed'],
  [4, 'there is no such row'],
  [6, 'refused: another row is in the way, somebody changed it meanwhile, or the answer was no'],
] as const

const READ_EXITS = [
  [0, 'done'],
  [1, 'the store is unavailable'],
  [4, 'there is no such row'],
] as const

type Examples = ManualPage['examples']

const ADDING: Readonly<Record<string, Examples>> = {
  auth: [
    ['rcron auth add --user backup', 'asks for the password on the terminal'],
    ['rcron auth add --user backup --key ~/.ssh/id_ed25519', 'a key file, read at each login'],
    ['rcron auth add --user backup --password-file key --seal', 'the key itself, sealed, in the store'],
    ['pass show backup | rcron auth add --user backup --password-stdin', ''],
  ],
  system: [
    ['rcron system add --host db1.example.com', ''],
    ['rcron system add --host db1.lab.example --port 2222 --local-port 22', ''],
  ],
  cron: [
    [
      "rcron cron add --name dump --command /usr/local/bin/dump --schedule '30 2 * * *' --host db1.example.com --user backup",
      'every night at half past two, once it is enabled',
    ],
    [
      'rcron cron add --name beat --command true --schedule "*/5 * * * *" --host db1,db2,db3 --user backup --action all --enabled',
      'every five minutes on each of three hosts, from now on',
    ],
  ],
}

const EDITING: Readonly<Record<string, Examples>> = {
  auth: [['rcron auth edit backup --password-ask', 'a new password, asked for on the terminal']],
  system: [['rcron system edit db1.example.com --port 2222', '']],
  cron: [
    ["rcron cron edit dump --schedule '0 4 * * *' --timezone Europe/Berlin", ''],
    ['rcron cron edit dump@db1.example.com --timeout 2h', 'one cron of a job'],
    ['rcron cron edit 7 --timeout ""', 'an empty value clears an optional column'],
  ],
}

const LIST_OF_JOBS = `

A line is a job, all of its crons: those that fail first, then that which is due next. LEFT is how long it is until then, LAST how long ago it began last. STATE is how its last firing ended; of action all, how many of its rows ended so. Where the line is too short, columns leave in this order: ACTION, USER, COMMAND, SCHEDULE, LAST, LEFT, HOSTS.`

const FILTERED: Examples = [
  ['rcron cron list "db*" tag:nightly', 'of these names, with that tag'],
  ['rcron cron list state:failed,lost host:db1', 'what ended badly there'],
]

/** By verb, for the noun that it is of. */
const PAGES: Readonly<Record<string, (noun: string) => ManualPage>> = {
  add: (noun) => ({
    about: `Adds one ${noun} and prints its id. It is checked first; one that could not work is refused.`,
    examples: ADDING[noun] ?? [],
    exits: CHANGE_EXITS,
  }),
  edit: (noun) => ({
    about: `Changes the given columns and leaves the others. A change that would stop the ${noun} from working is refused.${noun === 'cron' ? ' A name means the whole job: all of its crons are shown and changed together, or none; on a terminal it asks first.' : ''}`,
    examples: EDITING[noun] ?? [],
    exits: CHANGE_EXITS,
  }),
  remove: (noun) => ({
    about: `Removes ${noun}s by id or name. All are looked up before the first is removed, so that a mistyped name removes nothing. A name means all that have it. On a terminal they are shown, and it asks first; elsewhere a name that means several needs --yes. Active runs of a cron continue, and are listed.`,
    examples: [
      [`rcron ${noun} remove 3 --dry-run`, 'show which one that is'],
      [`rcron ${noun} remove 3 4`, ''],
    ],
    exits: CHANGE_EXITS,
  }),
  list: (noun) => ({
    about: `Lists every ${noun}. A row that cannot be read is listed with what is wrong with it.${noun === 'cron' ? LIST_OF_JOBS : ''}`,
    examples: [...(noun === 'cron' ? FILTERED : []), [`rcron ${noun} list --json`, 'all columns, for scripts']],
    exits: READ_EXITS,
  }),
  show: (noun) => ({
    about: `Shows all columns of ${noun}s, by id or name; a name means all that have it. Secrets are never shown.`,
    examples: [[`rcron ${noun} show 3`, '']],
    exits: READ_EXITS,
  }),
  replace: () => ({
    about: `Puts another machine in the place of a system: one that was rebuilt, moved or renamed. First it shows what that changes, then it connects to the new machine, without logging in, and shows the SHA256 fingerprint of its host key. Once that is confirmed, known_hosts has this key in place of the old ones of that host and port, and the store is changed in one go.

If <new> is the system itself, only its host key is replaced. If it is a host, with :PORT or the old port, the system gets it: its id, crons, history and pauses stay. If it is another system, the crons move there, the old system is removed and pauses that name it alone end; that is refused where a job would have two crons on one system.

It is refused while a run of the system is active, unless --force is given: such a run is not found again. Auths that may not be used on the new host are named as a hint.`,
    examples: [
      ['rcron system replace db1.example.com db1.example.com', 'rebuilt: confirm its new host key'],
      ['rcron system replace db1.example.com db9.example.com --dry-run', 'moved: what that would change'],
      ['rcron system replace db1.example.com db2 --yes', 'its crons run on db2 from now on'],
    ],
    exits: [
      [0, 'done, or there was nothing to change'],
      [1, 'not done: the host does not answer, or the store or known_hosts is unavailable'],
      [4, 'there is no such system'],
      [
        6,
        'refused: the key is not confirmed or not the one given, a run is active, a job would be doubled, or somebody changed a row meanwhile',
      ],
    ],
  }),
  enable: () => ({
    about: 'Enables crons. A name means all that have it. If one of them could not run, none is enabled.',
    examples: [['rcron cron enable dump', '']],
    exits: CHANGE_EXITS,
  }),
  disable: () => ({
    about: 'Disables crons. A name means all that have it. Active runs continue, and are listed.',
    examples: [['rcron cron disable dump', '']],
    exits: CHANGE_EXITS,
  }),
}

/** The page of `rcron NOUN VERB`; null if there is none. */
export function verbPage(noun: string, verb: string): ManualPage | null {
  return Object.hasOwn(PAGES, verb) ? (PAGES[verb]?.(noun) ?? null) : null
}
