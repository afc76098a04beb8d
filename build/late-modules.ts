import type { Plugin } from 'esbuild'

/** Modules of Node that much imports and little uses: half of what ssh2 and mysql2 cost at a start. */
const BUILTINS: readonly string[] = [
  'assert',
  'child_process',
  'crypto',
  'dns',
  'dns/promises',
  'fs/promises',
  'http',
  'https',
  'net',
  'timers/promises',
  'tls',
  'tty',
  'worker_threads',
  'zlib',
]

/** Packages that most commands import and do not use. Each is a file of its own in the bundle. */
export const LATE_PACKAGES: readonly string[] = ['kysely', 'mysql2', 'pino', 'ssh2']

/** Packages that call `require` for such a module of Node get its stand-in. */
export const lateBuiltins: Plugin = {
  name: 'late-builtins',
  setup(build) {
    build.onResolve({ filter: /^[\w:/]+$/ }, ({ path, kind }) =>
      kind === 'require-call' && isBuiltin(path) ? { path: bare(path), namespace: 'late-builtin' } : null,
    )
    build.onLoad({ filter: /.*/, namespace: 'late-builtin' }, ({ path }) => ({
      contents: `module.exports = ${standIn(loadBuiltin(path))}`,
    }))
  },
}

/** The program finds such a package in the file of its own. */
export const latePackages: Plugin = {
  name: 'late-packages',
  setup(build) {
    build.onResolve({ filter: /^[\w@/-]+$/ }, ({ path }) =>
      LATE_PACKAGES.includes(path) ? { path: `./${path}.js`, external: true } : null,
    )
  },
}

/** CommonJS in which modules that are late are loaded when something of them is used for the first time. */
export function loadLate(code: string): string {
  return code.replace(/^var (import_\w+) = (.*\brequire\("([^"]+)"\).*);$/gm, (line, variable, load, path) => {
    if (isBuiltin(path)) return `var ${variable} = ${standIn(loadBuiltin(path))};`
    return LATE_PACKAGES.some((name) => path === `./${name}.js`) ? `var ${variable} = ${standIn(load)};` : line
  })
}

function isBuiltin(path: string): boolean {
  return BUILTINS.includes(bare(path))
}

function loadBuiltin(path: string): string {
  return `process.getBuiltinModule(${JSON.stringify(bare(path))})`
}

function bare(path: string): string {
  return path.replace('node:', '')
}

/** What stands in for the module that the expression `load` loads. Callable, since a module may be a function itself. */
function standIn(load: string): string {
  return `((module, load = () => (module ??= ${load})) => new Proxy(function () {}, { get: (_, key) => load()[key], has: (_, key) => key in load(), apply: (_, self, args) => Reflect.apply(load(), self, args) }))()`
}
