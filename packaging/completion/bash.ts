import { type CompletedCommand, quoted } from './completed-commands.ts'

export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const options = commands.flatMap((it) => it.options)
  const named = (value: string) =>
    [...new Set(options.filter((it) => it.value === value).map(({ word }) => word))].sort()
  return `# bash completion for rcron

_rcron() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path='' words='' word
  COMPREPLY=()
  case $before in
    ${named('file').join(' | ')})
      compopt -o default
      return
      ;;
    ${named('other').join(' | ')})
      return
      ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
      ${paths(commands).join(' | ')}) path="$path $word" ;;
    esac
  done
  case \${path# } in
${commands.map(wordsCase).join('\n')}
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _rcron rcron
`
}

function paths(commands: readonly CompletedCommand[]): readonly string[] {
  return commands.filter(({ path }) => path !== '').map(({ path }) => quoted(` ${path}`))
}

function wordsCase({ path, words, options }: CompletedCommand): string {
  const all = [...words, ...options].map(({ word }) => word)
  return `    ${quoted(path)}) words=${quoted(all.join(' '))} ;;`
}
