import { unset } from '../../domain/columns/column.ts'
import { SYSTEM_COLUMNS } from '../../domain/columns/systems.ts'
import { InvalidInputError } from '../../domain/errors.ts'
import { parseHostPort } from '../../domain/host-port.ts'
import { aboutOption, errorAbout } from '../../domain/problem.ts'
import { NEW_ROW_ID, type SystemRow } from '../../domain/rows.ts'
import type { DefinitionEditor, Entry, NewSystem } from '../../store/definitions/definition-editor.ts'
import { optionColumns } from './column.ts'
import { type ChangeParts, NOTHING_BESIDE, type Noun, type Options, required } from './noun.ts'
import { rowShower } from './parse-value.ts'

/** A host with its ports. */
export const system: Noun<SystemRow, NewSystem> = {
  name: 'system',
  columns: optionColumns(SYSTEM_COLUMNS),
  extraOptions: (command) =>
    command.option(
      '--host-key <key>',
      'public key of the host, "ssh-ed25519 AAAA…": added to known_hosts before the first connection',
    ),
  shelf: (editor) => editor.systems,
  find: findSystems,
  visible: async (rows) => rows.map(rowShower(SYSTEM_COLUMNS)),
  listed: [
    { heading: 'id' },
    { heading: 'name', leaves: 5 },
    { heading: 'host' },
    { heading: 'port', leaves: 4 },
    { heading: 'local_port', leaves: 2 },
    { heading: 'supervise', leaves: 1 },
    { heading: 'tags', leaves: 3 },
  ],
  complete: async (changes, options, parts, old) => {
    if (old === null) required('system', changes, ['host'])
    const row = { ...NEW_SYSTEM, ...old?.row, ...changes } as SystemRow
    await pinIfGiven(row, options, parts)
    return [changes]
  },
  ofOneRow: null,
  afterAdding: () => '',
  definitions: async (rows) => ({
    auths: [],
    systems: rows.map((columns) => ({ ...NEW_SYSTEM, ...columns }) as SystemRow),
    crons: [],
    beside: NOTHING_BESIDE,
  }),
}

/** By id, name or host, or as crons list it: `db1:22`, `[::1]:22`. */
async function findSystems({ systems }: DefinitionEditor, reference: string): Promise<readonly Entry<SystemRow>[]> {
  const found = await systems.find(reference)
  const named = parseHostPort(reference)
  if (found.length > 0 || named === null) return found
  return (await systems.find(named.host)).filter(({ row }) => row?.port === named.port)
}

/** For the port that is used from here, since another one may lead to another machine. Before the row is there: no run may meet another key in between. */
async function pinIfGiven(row: SystemRow, options: Options, { settings, judge }: ChangeParts): Promise<void> {
  const given = options['hostKey']
  if (typeof given !== 'string') return
  const { portOf } = await import('../../hosts/port-of.ts')
  const { parsePublicKey, pinHostKey } = await import('../../hosts/host-keys/pin-host-key.ts')
  await judge({ auths: [], systems: [row], crons: [], beside: NOTHING_BESIDE })
  const key = parseGiven(given, parsePublicKey)
  if (options['dryRun'] === true) return
  const { composeClock } = await import('../../app/parts.ts')
  const { knownHostsFile: file, hostname } = settings
  await pinHostKey({ file, host: row.host, port: portOf(row, hostname), key, clock: composeClock() })
}

function parseGiven(given: string, parse: (text: string) => Buffer): Buffer {
  try {
    return parse(given)
  } catch (error) {
    const message = `found ${JSON.stringify(given.slice(0, 80))}: ${(error as Error).message}`
    throw new InvalidInputError([errorAbout(aboutOption('--host-key'), message)])
  }
}

const NEW_SYSTEM = { ...unset(SYSTEM_COLUMNS), id: NEW_ROW_ID }
