import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'

/**
 * esbuild makes a part of the modules that the same entries use, so that there are dozens of a few lines, and finding, reading and checking
 * each takes longer than what is in it. What is smaller than this goes into a larger part, which some entries then load for nothing of it.
 */
const SMALL_BYTES = 16 * 1024

/** A part that is no entry's own, and which entries load it. */
export type Part = {
  readonly modules: readonly string[]
  readonly bytes: number
  readonly entries: ReadonlySet<string>
}

/** Makes the entries of `options` load small parts together. Bundles once to see what the parts are. */
export async function fewerParts(options: BuildOptions): Promise<Plugin> {
  const { metafile } = await build({ ...options, metafile: true, write: false })
  const further = modulesToLoad(partsOf(metafile ?? { inputs: {}, outputs: {} }))
  const byFile = new Map(
    [...further].map(([entry, modules]) => [resolve(options.absWorkingDir ?? '.', entry), modules]),
  )
  return {
    name: 'fewer-parts',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const modules = byFile.get(path)
        if (modules === undefined) return null
        const imports = modules.map(
          (module) => `import ${JSON.stringify(resolve(options.absWorkingDir ?? '.', module))}\n`,
        )
        return { contents: `${await readFile(path, 'utf8')}\n${imports.join('')}`, loader: 'ts' }
      })
    },
  }
}

/** Which modules each entry is to load beside its own, by its file. Pure. */
export function modulesToLoad(parts: readonly Part[]): ReadonlyMap<string, readonly string[]> {
  const further = new Map<string, string[]>()
  let left = parts.toSorted((one, other) => one.bytes - other.bytes)
  for (let part = left[0]; part !== undefined; part = left[0]) {
    left = left.slice(1)
    const into = part.bytes < SMALL_BYTES ? nearest(part, left) : null
    if (into === null) continue
    for (const entry of into.entries) {
      if (part.entries.has(entry)) continue
      further.set(entry, [...(further.get(entry) ?? []), ...part.modules])
    }
    const both = { ...into, modules: [...into.modules, ...part.modules], bytes: into.bytes + part.bytes }
    left = [...left.filter((it) => it !== into), both].sort((one, other) => one.bytes - other.bytes)
  }
  return further
}

/** The part that all entries load which load `part`, and as few others as can be. */
function nearest({ entries }: Part, parts: readonly Part[]): Part | null {
  const wider = parts.filter((it) => [...entries].every((entry) => it.entries.has(entry)))
  return wider.toSorted((one, other) => one.entries.size - other.entries.size)[0] ?? null
}

function partsOf({ outputs }: Metafile): readonly Part[] {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined)
  const loaded = entries.map(([path, { entryPoint = '' }]) => ({ entryPoint, paths: loadedWith(path, outputs) }))
  const shared = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint === undefined)
  return shared.map(([path, { inputs, bytes }]) => ({
    modules: Object.keys(inputs),
    bytes,
    entries: new Set(loaded.filter(({ paths }) => paths.has(path)).map(({ entryPoint }) => entryPoint)),
  }))
}

/** `path` and all parts that are loaded before it runs. */
function loadedWith(path: string, outputs: Metafile['outputs'], found: Set<string> = new Set()): ReadonlySet<string> {
  if (found.has(path)) return found
  found.add(path)
  for (const it of outputs[path]?.imports ?? []) {
    if (it.kind === 'import-statement' && it.external !== true) loadedWith(it.path, outputs, found)
  }
  return found
}
