import { transform } from 'esbuild'
import { loadLate } from './late-modules.ts'

/**
 * Makes a CommonJS module of a part of the program: loading one costs less than loading an ES module, whose imports from Node's own modules
 * read everything that these export, and so load what lies behind it.
 */
export async function toCommonJs(code: string): Promise<string> {
  const { code: converted } = await transform(code.replaceAll('import.meta.url', 'moduleUrl()'), {
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    // `import()` of another part is a late `require`.
    supported: { 'dynamic-import': false },
    logLevel: 'error',
  })
  return withModuleUrl(loadLate(converted))
}

function withModuleUrl(code: string): string {
  if (!code.includes('moduleUrl()')) return code
  return `${code}\nfunction moduleUrl() { return require("node:url").pathToFileURL(__filename).href }\n`
}
