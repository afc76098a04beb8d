import { join } from 'node:path'
import { type DefinitionNames, namesOf } from '../domain/definition-names.ts'
import { makeDirectory } from '../platform/files/make-directory.ts'
import { readOwnFile } from '../platform/files/own-file.ts'
import { replaceFileSync } from '../platform/files/whole-file.ts'
import { escapeText } from '../platform/log/escape-text.ts'
import type { DefinitionStore } from '../store/definitions/definition-store.ts'

/** Its name in the state directory. Shells read it for what they complete, and need not start Node. */
const NAMES_FILE = 'names'
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Replaces the file of names where they have changed. Nothing depends on it: where it cannot be written, shells complete what they knew
 * before. Never throws.
 */
export function keepNames(stateDirectory: string, names: DefinitionNames): void {
  const path = join(stateDirectory, NAMES_FILE)
  const text = formatNames(names)
  if (text === textOf(path)) return
  try {
    makeDirectory(stateDirectory)
    replaceFileSync(path, text)
  } catch {
    // The disk is full, or the directory takes no files.
  }
}

/** `store`; whenever its definitions are read, their names are kept. */
export function keepingNames(store: DefinitionStore, stateDirectory: string): DefinitionStore {
  return {
    loadDefinitions: async () => {
      const loaded = await store.loadDefinitions()
      keepNames(stateDirectory, namesOf(loaded.definitions))
      return loaded
    },
    close: () => store.close(),
  }
}

/** A line for each name: of what kind it is, a tab, the name. One that a terminal would not show as it is, nobody types: it is left out. */
function formatNames({ crons, hosts, users }: DefinitionNames): string {
  const lines = (kind: string, names: readonly string[]) =>
    names.filter((name) => name !== '' && escapeText(name) === name).map((name) => `${kind}\t${name}\n`)
  return [...lines('cron', crons), ...lines('host', hosts), ...lines('user', users)].join('')
}

function textOf(path: string): string | null {
  try {
    return readOwnFile(path, MAX_BYTES)
  } catch {
    return null // Whatever lies there is replaced.
  }
}
