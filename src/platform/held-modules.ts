import { readdirSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

/**
 * Holds the text of every module in `directory`, a URL that ends with a slash: what of them is loaded from then on is loaded as they
 * are now, whatever becomes of their files. Loading them at once would take ten times the memory.
 */
export function holdModules(directory: URL): void {
  const files = readdirSync(directory).filter((name) => name.endsWith('.js'))
  const held = new Map(files.map((name) => new URL(name, directory)).map((url) => [url.href, readFileSync(url)]))
  registerHooks({
    resolve: (specifier, context, resolveNext) => {
      const url = URL.parse(specifier, context.parentURL)?.href ?? ''
      return held.has(url) ? { url, format: 'commonjs', shortCircuit: true } : resolveNext(specifier, context)
    },
    load: (url, context, loadNext) => {
      const source = held.get(url)
      return source === undefined ? loadNext(url, context) : { source, format: 'commonjs', shortCircuit: true }
    },
  })
}
