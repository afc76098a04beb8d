import { readdirSync, readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Holds the text of every module in `directory`, a URL that ends with a slash: what of them is loaded from then on is loaded as they
 * are now, whatever becomes of their files. Loading them at once would take ten times the memory.
 */
export function holdModules(directory: URL): void {
  const { cache: loaded } = createRequire(directory)
  const files = readdirSync(directory).filter((name) => name.endsWith('.js'))
  const urls = files.map((name) => new URL(name, directory))
  const held = new Map(
    urls.map((url) => [url.href, loaded[fileURLToPath(url)] === undefined ? readFileSync(url) : null]),
  )
  registerHooks({
    resolve: (specifier, context, resolveNext) => {
      const url = URL.parse(specifier, context.parentURL)?.href ?? ''
      return held.has(url) ? { url, format: 'commonjs', shortCircuit: true } : resolveNext(specifier, context)
    },
    load: (url, context, loadNext) => {
      const source = held.get(url) ?? null
      if (source === null) return loadNext(url, context)
      // From now on Node has it.
      held.set(url, null)
      return { source, format: 'commonjs', shortCircuit: true }
    },
  })
}
