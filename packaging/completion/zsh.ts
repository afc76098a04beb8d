import { type CompletedCommand, FILTERED, quoted, type Suggestion, valuesByKind } from './completed-commands.ts'

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const values = [...valuesByKind(commands)].map(
    ([kind, ways]) => `    (${ways.map(quoted).join('|')}) value=${kind} ;;`,
  )
  const known = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(` ${path}`))
  const keys = FILTERED.map((kind) => `  elif compset -P '${kind}:'; then\n    _rcron_names ${kind}`)
  return `#compdef rcron

# _rcron_names KIND: offers the names of a kind.
_rcron_names() {
  local state=$HOME/.local/state/rcron line
  local -a names
  if ((EUID == 0)); then state=/var/lib/rcron; fi
  [[ -f \${RCRON_STATE_DIR:-$state}/names && -r \${RCRON_STATE_DIR:-$state}/names ]] || return 1
  while IFS= read -r line; do
    if [[ $line == $1$'\\t'* ]]; then names+=("\${line#*$'\\t'}"); fi
  done <\${RCRON_STATE_DIR:-$state}/names
  compadd -a names
}

_rcron() {
  local found='' value='' names='' word
  local -a suggested
  for word in $words[2,CURRENT-1]; do
    case "$found $word" in
      (${known.join('|')}) found="$found $word" ;;
    esac
  done
  case "\${found# } $words[CURRENT-1]" in
${values.join('\n')}
  esac
  case $value in
    (file) _files; return ;;
    (other) return ;;
    (?*) _rcron_names $value; return ;;
  esac
  case \${found# } in
${commands.map(wordsCase).join('\n')}
  esac
  if [[ -z $names || $words[CURRENT] == -* ]]; then
    _describe rcron suggested
  elif [[ $names != filters ]]; then
    _rcron_names $names
${keys.join('\n')}
  else
    _rcron_names cron
  fi
}
_rcron "$@"
`
}

function wordsCase({ path, words, options, names, isFiltered }: CompletedCommand): string {
  const all = [...words, ...options].map(described)
  const taken = isFiltered ? 'filters' : names
  const set = taken === null ? '' : ` names=${taken}`
  return `    (${quoted(path)})${set} suggested=(\n${all.map((it) => `      ${it}`).join('\n')}\n    ) ;;`
}

function described({ word, about }: Suggestion): string {
  return quoted(`${word}:${about.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}`)
}
