import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type BuildOptions, build } from 'esbuild'
import { fewerParts } from './fewer-parts.ts'
import { LATE_PACKAGES, lateBuiltins, latePackages, loadLate } from './late-modules.ts'
import { lateTables } from './late-tables.ts'
import { licensesOf } from './licenses.ts'
import { toCommonJs } from './to-commonjs.ts'
import { withoutAddons } from './without-addons.ts'

/**
 * Makes `dist/`: `main.js`, which any Node from 18 on can read, and in `bundle/` the program with all packages that it uses, in parts that
 * are loaded when a verb needs them. Nothing else is needed to run it but package.json beside `dist/`. `node build/main.ts DIRECTORY` makes it there.
 */
const ROOT = join(import.meta.dirname, '..')
const DIST = resolve(process.argv[2] ?? join(ROOT, 'dist'))
const BUNDLE = join(DIST, 'bundle')

const common = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  metafile: true,
  write: false,
  logLevel: 'warning',
} as const

const inParts = {
  ...common,
  entryPoints: ['src/start.ts'],
  outdir: BUNDLE,
  format: 'esm',
  splitting: true,
  target: 'node24',
  plugins: [latePackages, lateBuiltins, lateTables],
} as const satisfies BuildOptions
const program = await build({ ...inParts, plugins: [await fewerParts(inParts), ...inParts.plugins] })
const packages = await build({
  ...common,
  entryPoints: [...LATE_PACKAGES],
  outdir: BUNDLE,
  format: 'cjs',
  target: 'node24',
  // A daemon holds their text for as long as it has not loaded them. Names stay: stacks show them.
  minifyWhitespace: true,
  minifySyntax: true,
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  plugins: [withoutAddons, lateBuiltins, lateTables],
})
const entry = await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outdir: DIST,
  format: 'cjs',
  target: 'node18',
  supported: { 'dynamic-import': false },
  plugins: [
    {
      name: 'program-apart',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/start\.ts$/ }, () => ({ path: './bundle/start.js', external: true })),
    },
  ],
})

rmSync(DIST, { recursive: true, force: true })
mkdirSync(BUNDLE, { recursive: true })
// Read from beside the code that sends them.
cpSync(join(ROOT, 'src/execution/remote'), BUNDLE, { recursive: true, filter: (file) => !file.endsWith('.ts') })
for (const { path, text } of program.outputFiles) writeFileSync(join(BUNDLE, basename(path)), await toCommonJs(text))
for (const { path, text } of packages.outputFiles) writeFileSync(join(BUNDLE, basename(path)), loadLate(text))
for (const { text } of entry.outputFiles) writeFileSync(join(DIST, 'main.js'), text, { mode: 0o755 })
writeFileSync(join(DIST, 'package.json'), '{ "type": "commonjs" }\n')
writeFileSync(join(DIST, 'THIRD-PARTY-LICENSES'), licensesOf([program.metafile, packages.metafile]))
