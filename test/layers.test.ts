import { deepEqual } from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { test } from 'node:test'

/**
 * The rooms of src/ from the top floor down. An import goes down or stays in its room; type imports count as any other.
 * A room that is new gets its floor here.
 */
const FLOORS = [
  'main.ts',
  'start.ts',
  'commands',
  'app',
  'control',
  'daemon',
  'minutes',
  'dispatch',
  'execution',
  'hosts',
  'definitions',
  'secrets',
  'history',
  'store',
  'schedule',
  'config',
  'platform',
  'domain',
]

/** Decides, and does nothing: imports pure files alone, not even what Node brings along. */
const PURE = /^src\/(?:domain|schedule|crontab|definitions\/judge)\/|\/(?:plan|explain)-[^/]*\.ts$/

/** A file named after a technology is an adapter. */
const ADAPTER = /\/(?<technology>mysql|sqlite|ssh|sealed|system)-[^/]*\.ts$/

/** Of one folder, those beneath it not counted. */
const MOST_FILES = 20

type Tree = ReadonlyMap<string, string>

type Import = { readonly from: string; readonly to: string; readonly isType: boolean }

test('every import goes down, or stays in its room', () => {
  deepEqual(climbing(importsOf(SOURCES)), [])
})

test('every room has its floor, and every floor its room', () => {
  deepEqual(strayRooms(SOURCES), [])
})

test('no files import each other in a circle', () => {
  deepEqual(circles(importsOf(SOURCES)), [])
})

test('a folder is a table of contents: it holds 20 files at the most', () => {
  deepEqual(crowded(SOURCES), [])
})

test('pure files import pure files alone', () => {
  deepEqual(impure(importsOf(SOURCES)), [])
})

test('adapters are built in app/ alone', () => {
  deepEqual(builtElsewhere(importsOf(SOURCES)), [])
})

const BREACHES: readonly [string, Record<string, string>, (tree: Tree) => readonly string[], readonly string[]][] = [
  [
    'an import that climbs',
    {
      'src/store/sql/engine.ts': "import { fire } from '../../dispatch/dispatcher.ts'",
      'src/dispatch/dispatcher.ts': '',
    },
    (tree) => climbing(importsOf(tree)),
    ['src/store/sql/engine.ts climbs from store to dispatch: src/dispatch/dispatcher.ts'],
  ],
  [
    'a type import that climbs',
    {
      'src/platform/clock.ts':
        "import type { Cron } from '../domain/cron.ts'\nimport type { Run } from '../daemon/a.ts'",
    },
    (tree) => climbing(importsOf(tree)),
    ['src/platform/clock.ts climbs from platform to daemon: src/daemon/a.ts'],
  ],
  [
    'a late import that climbs',
    { 'src/hosts/ssh/ssh-dial.ts': "const { a } = await import('../../commands/next/next.ts')" },
    (tree) => climbing(importsOf(tree)),
    ['src/hosts/ssh/ssh-dial.ts climbs from hosts to commands: src/commands/next/next.ts'],
  ],
  [
    'an import over several lines that climbs',
    { 'src/history/a.ts': "import {\n  type One,\n  two,\n} from '../minutes/b.ts'" },
    (tree) => climbing(importsOf(tree)),
    ['src/history/a.ts climbs from history to minutes: src/minutes/b.ts'],
  ],
  [
    'what is passed on from above',
    { 'src/config/a.ts': "export { b } from '../app/b.ts'" },
    (tree) => climbing(importsOf(tree)),
    ['src/config/a.ts climbs from config to app: src/app/b.ts'],
  ],
  [
    'a room without a floor',
    { 'src/cellar/a.ts': '' },
    (tree) => strayRooms(tree).filter((it) => it.includes('cellar')),
    ['src/cellar has no floor'],
  ],
  [
    'a folder of 21 files',
    Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`src/store/sql/${at}.ts`, ''])),
    crowded,
    ['src/store/sql holds 21 files'],
  ],
  [
    'a circle of types',
    {
      'src/hosts/a.ts': "import { b } from './b.ts'",
      'src/hosts/b.ts': "import { c } from './c/c.ts'",
      'src/hosts/c/c.ts': "import type { A } from '../a.ts'",
    },
    (tree) => circles(importsOf(tree)),
    ['src/hosts/a.ts → src/hosts/b.ts → src/hosts/c/c.ts → src/hosts/a.ts'],
  ],
  [
    'a planner that reads a file',
    { 'src/minutes/plan-ranges.ts': "import { readFileSync } from 'node:fs'\nimport { a } from '../schedule/zone.ts'" },
    (tree) => impure(importsOf(tree)),
    ['src/minutes/plan-ranges.ts is pure, and imports node:fs'],
  ],
  [
    'a pure file that takes a type from one that is not',
    { 'src/domain/run.ts': "import type { Log } from '../platform/log/log.ts'" },
    (tree) => impure(importsOf(tree)),
    ['src/domain/run.ts is pure, and imports src/platform/log/log.ts'],
  ],
  [
    'an adapter that is built beneath app/',
    { 'src/daemon/daemon.ts': "import { SystemRunLocks } from '../dispatch/locks/system-run-locks.ts'" },
    (tree) => builtElsewhere(importsOf(tree)),
    ['src/daemon/daemon.ts imports the adapter src/dispatch/locks/system-run-locks.ts: app/ builds it'],
  ],
  [
    'an adapter that is built beside it',
    { 'src/dispatch/locks/lock-holder.ts': "import { type A, SystemRunLocks } from './system-run-locks.ts'" },
    (tree) => builtElsewhere(importsOf(tree)),
    ['src/dispatch/locks/lock-holder.ts imports the adapter src/dispatch/locks/system-run-locks.ts: app/ builds it'],
  ],
]

for (const [what, files, check, expected] of BREACHES) {
  test(`${what} is found`, () => {
    deepEqual(check(new Map(Object.entries(files))), expected)
  })
}

test('what an adapter is made of, and the type of one, may be imported', () => {
  const files = {
    'src/store/mysql/mysql-store.ts': "import { MysqlEngine } from './mysql-engine.ts'",
    'src/hosts/ssh/login-failure.ts': "import { describe } from './ssh-dial.ts'",
    'src/daemon/daemon.ts': "import type { SystemRunLocks } from '../dispatch/locks/system-run-locks.ts'",
    'src/app/running.ts': "import { SystemRunLocks } from '../dispatch/locks/system-run-locks.ts'",
  }
  deepEqual(builtElsewhere(importsOf(new Map(Object.entries(files)))), [])
})

const SOURCES: Tree = new Map(globSync('src/**/*.ts').map((path) => [path, readFileSync(path, 'utf8')]))

function importsOf(tree: Tree): readonly Import[] {
  const found =
    /^(?:import|export)\s(?<names>[^'";]*?)\sfrom '(?<path>[^']+)'|\bimport\('(?<late>[^']+)'\)|^import '(?<bare>[^']+)'/gm
  return [...tree].flatMap(([from, text]) =>
    [...text.matchAll(found)].map(({ groups = {} }) => {
      const path = groups['path'] ?? groups['late'] ?? groups['bare'] ?? ''
      const to = path.startsWith('.') ? posix.join(posix.dirname(from), path) : path
      return { from, to, isType: areTypes(groups['names'] ?? '') }
    }),
  )
}

/** `type { A }`, or `{ type A, type B }`. */
function areTypes(names: string): boolean {
  if (names.startsWith('type ')) return true
  const each = names
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim())
  return names !== '' && each.every((name) => name === '' || name.startsWith('type '))
}

function roomOf(path: string): string {
  return path.split('/')[1] ?? path
}

function isOurs(path: string): boolean {
  return path.startsWith('src/')
}

function climbing(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ from, to }) => isOurs(to) && FLOORS.indexOf(roomOf(to)) < FLOORS.indexOf(roomOf(from)))
    .map(({ from, to }) => `${from} climbs from ${roomOf(from)} to ${roomOf(to)}: ${to}`)
}

function strayRooms(tree: Tree): readonly string[] {
  const rooms = new Set([...tree.keys()].map(roomOf))
  return [
    ...[...rooms].filter((room) => !FLOORS.includes(room)).map((room) => `src/${room} has no floor`),
    ...FLOORS.filter((floor) => !rooms.has(floor)).map((floor) => `there is no src/${floor}`),
  ]
}

function crowded(tree: Tree): readonly string[] {
  return [...Map.groupBy(tree.keys(), (path) => posix.dirname(path))]
    .filter(([, files]) => files.length > MOST_FILES)
    .map(([folder, files]) => `${folder} holds ${files.length} files`)
}

/** Each circle once, from the first of its files that was come upon. */
function circles(imports: readonly Import[]): readonly string[] {
  const byFile = Map.groupBy(imports, ({ from }) => from)
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) found.push([...path.slice(at), file].join(' → '))
    if (at >= 0 || done.has(file)) return
    for (const { to } of byFile.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of byFile.keys()) visit(file, [])
  return found
}

function impure(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ from, to }) => PURE.test(from) && !PURE.test(to))
    .map(({ from, to }) => `${from} is pure, and imports ${to}`)
}

/** Its own parts may be imported by an adapter, and by a room that bears the name of its technology. */
function builtElsewhere(imports: readonly Import[]): readonly string[] {
  return imports
    .filter(({ from, to, isType }) => {
      const technology =
        isOurs(to) && !to.startsWith('src/commands/') ? ADAPTER.exec(to)?.groups?.['technology'] : undefined
      if (technology === undefined || isType || /^src\/(?:app\/|main\.ts)/.test(from)) return false
      return ADAPTER.exec(from)?.groups?.['technology'] !== technology && !from.includes(`/${technology}/`)
    })
    .map(({ from, to }) => `${from} imports the adapter ${to}: app/ builds it`)
}
