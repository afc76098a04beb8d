import { type CompletedCommand, FILTERED, quoted, valuesByKind } from './completed-commands.ts'

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const values = [...valuesByKind(commands)].map(
    ([kind, ways]) => `    ${ways.map(quoted).join(' | ')}) value=${kind} ;;`,
  )
  return `# bash completion for rcron

# _rcron_names KIND TYPED [BEFORE]: offers the names of a kind that begin with what is typed, with BEFORE before each. They come from a
# database: nothing in them is expanded, now or when the line is run.
_rcron_names() {
  local state=$HOME/.local/state/rcron typed=$2 quote='' kind name word
  if [[ $EUID -eq 0 ]]; then state=/var/lib/rcron; fi
  if [[ $typed == [\\'\\"]* ]]; then quote=\${typed:0:1} typed=\${typed:1}; fi
  [[ -f \${RCRON_STATE_DIR:-$state}/names && -r \${RCRON_STATE_DIR:-$state}/names ]] || return 0
  while IFS=$'\\t' read -r kind name; do
    [[ $kind == "$1" ]] || continue
    if [[ -z $quote ]]; then
      printf -v word %q "$name"
      [[ $word == "$typed"* ]] && COMPREPLY+=("$3$word")
    # What would end the quotation, or mean something in it, cannot be completed within it.
    elif [[ $quote == \\' && $name != *\\'* || $quote == \\" && $name != *[\\"\\\\\\$\\\`!]* ]]; then
      [[ $3$name == "$typed"* ]] && COMPREPLY+=("$3$name")
    fi
  done <"\${RCRON_STATE_DIR:-$state}/names"
}

# _rcron_filters TYPED: names of crons, and of hosts and users behind host: and user:. Where a colon breaks words, what stands before it is
# another word by now.
_rcron_filters() {
  local typed=$1 key
  for key in ${FILTERED.join(' ')}; do
    if [[ $typed == : && \${COMP_WORDS[COMP_CWORD - 1]} == "$key" ]]; then
      _rcron_names "$key" ''
      return
    elif [[ \${COMP_WORDS[COMP_CWORD - 1]} == : && \${COMP_WORDS[COMP_CWORD - 2]} == "$key" ]]; then
      _rcron_names "$key" "$typed"
      return
    elif [[ $typed == "$key":* ]]; then
      _rcron_names "$key" "\${typed#"$key":}" "$key:"
      return
    elif [[ $typed == [\\'\\"]"$key":* ]]; then
      _rcron_names "$key" "$typed" "$key:"
      return
    fi
  done
  _rcron_names cron "$typed"
}

_rcron() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path='' words='' names='' value='' word
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${paths(commands).join(' | ')}) path="$path $word" ;;
    esac
  done
  path=\${path# }
  case "$path $before" in
${values.join('\n')}
  esac
  case $value in
    file) compopt -o default ;;
    other) ;;
    ?*) _rcron_names "$value" "$current" ;;
  esac
  if [[ -n $value ]]; then return; fi
  case $path in
${commands.map(wordsCase).join('\n')}
  esac
  if [[ -z $names || $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  elif [[ $names == filters ]]; then
    _rcron_filters "$current"
  else
    _rcron_names "$names" "$current"
  fi
}
complete -F _rcron rcron
`
}

function paths(commands: readonly CompletedCommand[]): readonly string[] {
  return commands.filter(({ path }) => path !== '').map(({ path }) => quoted(` ${path}`))
}

function wordsCase({ path, words, options, names, isFiltered }: CompletedCommand): string {
  const all = [...words, ...options].map(({ word }) => word)
  const taken = isFiltered ? 'filters' : names
  return `    ${quoted(path)}) words=${quoted(all.join(' '))}${taken === null ? '' : ` names=${taken}`} ;;`
}
