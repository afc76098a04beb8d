import { NEW_ROW_ID } from './rows.ts'

/** Something an operator should fix. All problems of one input are gathered and reported together. */
export type Problem = {
  /** `error`: what it names does not run. `warning`: it runs, perhaps not as meant. */
  readonly severity: 'error' | 'warning'
  readonly about: About
  /** The column or part at fault; null if it is the whole. */
  readonly field: string | null
  /** What was found and what was expected. Holds no secret. */
  readonly message: string
  /** What to do; null if the message says it. */
  readonly hint: string | null
}

/** What a problem is about. */
export type About =
  | RowAbout
  | { readonly kind: 'pause'; readonly id: string }
  /** A name that several crons share. */
  | { readonly kind: 'job'; readonly name: string }
  /** A variable of the environment or of a `.env` file. */
  | { readonly kind: 'variable'; readonly name: string }
  /** A credential that systemd hands over. */
  | { readonly kind: 'credential'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  /** A file or directory of rcron's own, by what it is for. */
  | { readonly kind: 'place'; readonly use: string; readonly path: string }
  | { readonly kind: 'time zone'; readonly name: string }
  | { readonly kind: 'store' }
  /** An option of a command, `--at`, or the command itself, `rcron cron edit`. */
  | { readonly kind: 'option'; readonly flag: string }
  /** A word of the command line; `noun`: what it should mean, where that is known. */
  | { readonly kind: 'word'; readonly word: string; readonly noun: string | null }

/** The tables of definitions, each by what one of its rows is. */
export type RowKind = 'auth' | 'system' | 'cron'

/** A row, as a problem names it. */
export type RowAbout = {
  readonly kind: RowKind
  /** A text where the database has no usable number there. */
  readonly id: number | string
  /** As it may be printed; null if the row is known by its id alone. */
  readonly name: string | null
}

/** A problem as it leaves rcron, for a script or a file: what it is about is in words. */
export type ReportedProblem = Omit<Problem, 'about'> & { readonly subject: string }

/** An error of the whole of what it is about. */
export function errorAbout(about: About, message: string, hint: string | null = null): Problem {
  return { severity: 'error', about, field: null, message, hint }
}

/** A warning of the whole of what it is about. */
export function warningAbout(about: About, message: string, hint: string | null = null): Problem {
  return { severity: 'warning', about, field: null, message, hint }
}

export function aboutVariable(name: string): About {
  return { kind: 'variable', name }
}

export function aboutOption(flag: string): About {
  return { kind: 'option', flag }
}

export function aboutWord(word: string, noun: string | null = null): About {
  return { kind: 'word', word, noun }
}

/** Whether something is wrong with the variable `name`. */
export function isOfVariable({ about }: Problem, name: string): boolean {
  return about.kind === 'variable' && about.name === name
}

/** What a problem is about, in words: `cron 12 (backup)`, `auth 3`, `RCRON_TIMEZONE`. */
export function describeAbout(about: About): string {
  switch (about.kind) {
    case 'auth':
    case 'system':
    case 'cron':
      return about.name === null ? describeRow(about) : `${describeRow(about)} (${about.name})`
    case 'pause':
      return `pause ${about.id}`
    case 'job':
      return `job ${JSON.stringify(about.name)}`
    case 'variable':
      return about.name
    case 'credential':
      return `credential ${about.name}`
    case 'file':
      return about.path
    case 'place':
      return `${about.use} ${about.path}`
    case 'time zone':
      return `time zone ${about.name}`
    case 'store':
      return 'store'
    case 'option':
      return about.flag
    case 'word':
      return `${about.noun === null ? '' : `${about.noun} `}${JSON.stringify(about.word)}`
    default:
      return about satisfies never
  }
}

/** A row by its id: `cron 12`; `new cron` where the store has not seen it yet. */
export function describeRow({ kind, id }: Omit<RowAbout, 'name'>): string {
  return id === NEW_ROW_ID ? `new ${kind}` : `${kind} ${id}`
}

export function reportedOf({ severity, about, field, message, hint }: Problem): ReportedProblem {
  return { severity, subject: describeAbout(about), field, message, hint }
}

/** One line: where, what was found, what was expected, what to do. */
export function describeProblem(problem: Problem): string {
  return describeReported(reportedOf(problem))
}

/** As `describeProblem`. */
export function describeReported({ subject, field, message, hint }: ReportedProblem): string {
  const where = field === null ? subject : `${subject}, ${field}`
  return hint === null ? `${where}: ${message}` : `${where}: ${message}; ${hint}`
}
