import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/** Tables of packages that cost milliseconds to build, and are asked only when something has gone wrong. */
const TABLE = /[/\\]mysql2[/\\]lib[/\\]constants[/\\]errors\.js$/

/** Such a table is built when it is asked for the first time. */
export const lateTables: Plugin = {
  name: 'late-tables',
  setup(build) {
    build.onLoad({ filter: TABLE }, ({ path }) => ({
      contents: `
        let table
        function build(exports) { ${readFileSync(path, 'utf8')}\nreturn exports }
        module.exports = new Proxy({}, { get: (_, key) => (table ??= build({}))[key] })`,
    }))
  },
}
