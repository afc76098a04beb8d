import type { SystemRow } from '../../domain/rows.ts'
import type { DefinitionEditor, Entry, NewSystem } from '../../store/definition-editor.ts'
import { parseHostPort } from '../host-port.ts'
import { type Noun, required } from './noun.ts'
import { SYSTEM_COLUMNS } from './system-columns.ts'

/** A host with its ports. */
export const system: Noun<SystemRow, NewSystem> = {
  name: 'system',
  columns: SYSTEM_COLUMNS,
  extraOptions: (command) => command,
  shelf: (editor) => editor.systems,
  find: findSystems,
  visible: async (rows) =>
    rows.map(({ id, host, port, local_port, supervise, legacy_algorithms, login_timeout_s }) => ({
      id,
      host,
      port,
      local_port,
      supervise: supervise ?? 1,
      legacy_algorithms: legacy_algorithms ?? 0,
      login_timeout_s,
    })),
  listed: ['id', 'host', 'port', 'local_port', 'supervise'],
  complete: async (changes, _options, _parts, old) => {
    if (old === null) required('system', changes, ['host'])
    return changes
  },
  definitions: async (columns) => ({
    auths: [],
    systems: [{ ...NEW_SYSTEM, ...columns } as SystemRow],
    crons: [],
  }),
}

/** By id or host, or as crons list it: `db1:22`, `[::1]:22`. */
async function findSystems({ systems }: DefinitionEditor, reference: string): Promise<readonly Entry<SystemRow>[]> {
  const found = await systems.find(reference)
  const named = parseHostPort(reference)
  if (found.length > 0 || named === null) return found
  return (await systems.find(named.host)).filter(({ row }) => row?.port === named.port)
}

const NEW_SYSTEM = { id: 0, port: 22, local_port: 22, supervise: null, legacy_algorithms: null, login_timeout_s: null }
