import type { SpoolPlace } from './answers.ts'

/** What a login has of what the supervision of its runs needs. */
export type HostSurvey = {
  /** What stands behind `/bin/sh`, such as `dash`; null if that is unknown. */
  readonly shell: string | null
  /** The account's own shell, which runs the commands; null if that is unknown. */
  readonly loginShell: string | null
  /** Where runs are claimed. */
  readonly spool: SpoolPlace
  /** How processes are found again. */
  readonly processes: 'proc' | 'ps' | 'none'
  /** Whether a session has a systemd scope of its own, and whether its list of processes can be read. */
  readonly scope: 'readable' | 'unreadable' | 'none'
  /** Whether logind kills what a session of this account leaves behind, so that a run ends with its connection. */
  readonly killsAtSessionEnd: boolean
}

const SHELL = /^[A-Za-z0-9_.+/-]{1,128}$/

/** The answer to a SURVEY; null if there is none that can be read. Noise around the line is passed by. */
export function parseSurveyAnswer(text: string, id: string): HostSurvey | null {
  const [, line] = new RegExp(`RCRONS ${id} ([^\\n]*)\\n`).exec(text) ?? []
  if (line === undefined) return null
  const fields = new Map(line.trimEnd().split(' ').map(splitField))
  const spool = oneOf(['home', 'tmp', 'none'], fields.get('spool'))
  const processes = oneOf(['proc', 'ps', 'none'], fields.get('processes'))
  const scope = oneOf(['readable', 'unreadable', 'none'], fields.get('scope'))
  if (spool === null || processes === null || scope === null) return null
  const killsAtSessionEnd = fields.get('ending') === 'kills'
  const shells = { shell: shellIn(fields.get('sh')), loginShell: shellIn(fields.get('login')) }
  return { ...shells, spool, processes, scope, killsAtSessionEnd }
}

function splitField(field: string): [string, string] {
  const at = field.indexOf('=')
  return [field.slice(0, at), field.slice(at + 1)]
}

function oneOf<Word extends string>(words: readonly Word[], told: string | undefined): Word | null {
  return words.find((word) => word === told) ?? null
}

function shellIn(told: string | undefined): string | null {
  return told !== undefined && told !== '-' && SHELL.test(told) ? told : null
}
