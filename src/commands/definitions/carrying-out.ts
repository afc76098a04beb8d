import { addEntry } from './add-entry.ts'
import { listCrons } from './list/list-crons.ts'
import { editEntries, enableCrons, listEntries, removeEntries, showEntries } from './verbs.ts'
import { withEditor } from './with-editor.ts'

/** What carries a verb out, in one: it is loaded when one is, and help needs none of it. */
export const carryingOut = {
  addEntry,
  editEntries,
  enableCrons,
  listCrons,
  listEntries,
  removeEntries,
  showEntries,
  withEditor,
} as const
