import type { CompletedCommand, SuggestedOption, Suggestion } from './completed-commands.ts'

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const known = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(` ${path}`))
  return `# fish completion for rcron

function __rcron_at --argument-names wanted
    set --local found ''
    for word in (commandline --tokenize --cut-at-cursor --current-process)[2..]
        switch "$found $word"
            case ${known.join(' ')}
                set found "$found $word"
        end
    end
    test (string trim -- $found) = "$wanted"
end

complete --command rcron --no-files
${commands.flatMap(linesOf).join('\n')}
`
}

function linesOf({ path, words, options }: CompletedCommand): readonly string[] {
  const at = `complete --command rcron --condition ${quoted(`__rcron_at ${quoted(path)}`)}`
  return [
    ...words.map((it) => `${at} --arguments ${quoted(it.word)}${about(it)}`),
    ...options.map((it) => `${at} ${option(it)}`),
  ]
}

function option(it: SuggestedOption): string {
  const value = { none: '', other: ' --exclusive', file: ' --require-parameter --force-files' }[it.value]
  return `--long-option ${it.word.slice(2)}${value}${about(it)}`
}

function about({ about: text }: Suggestion): string {
  return text === '' ? '' : ` --description ${quoted(text)}`
}

/** In fish a backslash means something between quotes too. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
