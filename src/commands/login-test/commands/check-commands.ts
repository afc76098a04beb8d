import { randomBytes } from 'node:crypto'
import type { Access } from '../../../hosts/target.ts'
import type { Login } from '../../../hosts/transport.ts'
import { cutText } from '../../../platform/log/escape-text.ts'
import { foldedNames } from '../../shared/folded-names.ts'
import { askHost } from '../ask-host.ts'
import type { HostChecks } from '../check-host.ts'
import { degraded, good } from '../login-report.ts'
import { superviseOnce, type TrialParts } from '../supervised-trial.ts'
import type { CommandWord } from './command-words.ts'

/** Characters of words in one run: some hosts take little more than what a run needs anyway. */
const MOST_CHARACTERS = 1_000
const LONGEST_PATH = 500

/** Whether a run on this host would find what its commands begin with: looked for as a run does, and not started. Never rejects. */
export async function checkCommands(
  access: Access,
  login: Login,
  { words, parts }: { readonly words: readonly CommandWord[]; readonly parts: TrialParts },
): Promise<HostChecks> {
  const known = words.flatMap(({ word, crons }) => (word === null ? [] : [{ word, crons }]))
  const missing: Known[] = []
  let path: string | null = null
  for (const chunk of chunksOf(known)) {
    const looked = await look(access, login, { words: chunk, parts })
    if (looked === null) return NOT_LOOKED
    missing.push(...looked.missing)
    path = looked.path
  }
  const unread = words.find(({ word }) => word === null)?.crons.length ?? 0
  const others = unread === 0 ? '' : `, ${unread} not readable`
  if (missing.length === 0) return { checks: [good('commands', `${known.length} found${others}`)], failure: null }
  const found = `${missing.length} of ${known.length} missing${others}`
  return {
    checks: [{ name: 'commands', verdict: 'degraded', found, consequence: null }],
    failure: {
      reason: `logged in, but its runs would not find ${missing.map(describe).join(', ')} (their PATH is ${path})`,
      remedy: 'install it there, or write the command with its whole path or with a PATH=… before it',
    },
  }
}

type Known = { readonly word: string; readonly crons: readonly number[] }

function describe({ word, crons }: Known): string {
  return `${JSON.stringify(word)} of ${foldedNames(crons.map((id) => `cron ${id}`))}`
}

const NOT_LOOKED: HostChecks = {
  checks: [
    degraded(
      'commands',
      'unknown',
      'it did not say whether its commands are there: it has no POSIX shell at /bin/sh, or runs something else',
    ),
  ],
  failure: null,
}

function chunksOf(words: readonly Known[]): readonly (readonly Known[])[] {
  const chunks: Known[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const word of words) {
    length += word.word.length + 1
    if (length > MOST_CHARACTERS) {
      chunks.push([])
      length = word.word.length + 1
    }
    chunks.at(-1)?.push(word)
  }
  return chunks
}

type Looked = { readonly missing: readonly Known[]; readonly path: string }

/** Null where the host does not say. */
async function look(
  access: Access,
  login: Login,
  { words, parts }: { readonly words: readonly Known[]; readonly parts: TrialParts },
): Promise<Looked | null> {
  const mark = randomBytes(8).toString('hex')
  const command = `exec /bin/sh -c '${LOOK}' ${mark} ${words.map(({ word }) => word).join(' ')}`
  const text = await printed(access, login, { command, parts })
  const [, count, path = ''] = new RegExp(`^${mark} looked (\\d+) (.*)$`, 'm').exec(text) ?? []
  if (Number(count) !== words.length) return null
  const numbers = new Set(
    [...text.matchAll(new RegExp(`^${mark} missing (\\d+)$`, 'gm'))].map(([, number]) => Number(number)),
  )
  return { missing: words.filter((_, at) => numbers.has(at + 1)), path: cutText(path, LONGEST_PATH) }
}

/** As a cron's run begins there: by START, or plainly where its runs are not supervised. */
async function printed(
  access: Access,
  login: Login,
  { command, parts }: { readonly command: string; readonly parts: TrialParts },
): Promise<string> {
  if (access.system.supervise !== 0) return (await superviseOnce(access, login, { command, parts })).output.head
  const asked = await askHost(login, command, parts)
  return asked.kind === 'ended' ? asked.stdout : ''
}

/**
 * The shell of the account gives its PATH to a POSIX shell, which looks; what is part of the account's shell alone, that shell knows. Between
 * single quotes it stands for itself in every shell.
 */
const LOOK = [
  'n=0; s=/bin/sh; test "$SHELL" && s=$SHELL; for w; do n=$((n + 1));',
  'case $w in */*) test -f "$w" && test -x "$w" && continue ;;',
  '*) command -v "$w" >/dev/null 2>&1 && continue;',
  'for q in "command -v" type which; do "$s" -c "$q $w" </dev/null >/dev/null 2>&1 && continue 2; done ;; esac;',
  'echo "$0 missing $n"; done; echo "$0 looked $n $PATH"',
].join(' ')
