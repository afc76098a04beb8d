import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

/** The licence text of every package of which something is in the bundle, by name. Throws where one has none. */
export function licensesOf(bundles: readonly Metafile[]): string {
  const folders = new Set(bundles.flatMap(({ outputs }) => Object.values(outputs).flatMap(packagesIn)))
  return [...folders].sort().map(licenseOf).join('\n')
}

function packagesIn({ inputs }: Metafile['outputs'][string]): readonly string[] {
  return Object.keys(inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [])
}

function licenseOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(file))
  if (files.length === 0) throw new Error(`${folder}: there is no licence text in it`)
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return `${'='.repeat(80)}\n${name} ${version} (${license})\n${'='.repeat(80)}\n\n${texts.join('\n\n')}\n`
}
