import { type CompletedCommand, quoted, type Suggestion } from './completed-commands.ts'

export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const options = commands.flatMap((it) => it.options)
  const named = (value: string) =>
    [...new Set(options.filter((it) => it.value === value).map(({ word }) => word))].sort()
  const known = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(` ${path}`))
  return `#compdef rcron

_rcron() {
  local found='' word
  local -a suggested
  case $words[CURRENT-1] in
    (${named('file').join('|')}) _files; return ;;
    (${named('other').join('|')}) return ;;
  esac
  for word in $words[2,CURRENT-1]; do
    case "$found $word" in
      (${known.join('|')}) found="$found $word" ;;
    esac
  done
  case \${found# } in
${commands.map(wordsCase).join('\n')}
  esac
  _describe rcron suggested
}
_rcron "$@"
`
}

function wordsCase({ path, words, options }: CompletedCommand): string {
  const all = [...words, ...options].map(described)
  return `    (${quoted(path)}) suggested=(\n${all.map((it) => `      ${it}`).join('\n')}\n    ) ;;`
}

function described({ word, about }: Suggestion): string {
  return quoted(`${word}:${about.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}`)
}
