import { type CompletedCommand, FILTERED, type SuggestedOption, type Suggestion } from './completed-commands.ts'

export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const known = commands.filter(({ path }) => path !== '').map(({ path }) => quoted(` ${path}`))
  const keys = FILTERED.map((kind) => `        case '*${kind}:*'\n            __rcron_names ${kind} ${kind}:`)
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

function __rcron_names --argument-names kind before
    set --local state $HOME/.local/state/rcron
    if test "$EUID" = 0
        set state /var/lib/rcron
    end
    if test -n "$RCRON_STATE_DIR"
        set state $RCRON_STATE_DIR
    end
    if test -f $state/names -a -r $state/names
        string replace --filter --regex -- "^$kind\\t" "$before" <$state/names
    end
end

function __rcron_filters
    switch (commandline --current-token)
${keys.join('\n')}
        case '*'
            __rcron_names cron
    end
end

complete --command rcron --no-files
${commands.flatMap(linesOf).join('\n')}
`
}

function linesOf({ path, words, options, names, isFiltered }: CompletedCommand): readonly string[] {
  const at = `complete --command rcron --condition ${quoted(`__rcron_at ${quoted(path)}`)}`
  const taken = isFiltered ? '__rcron_filters' : `__rcron_names ${names}`
  return [
    ...words.map((it) => `${at} --arguments ${quoted(it.word)}${about(it)}`),
    ...(names === null ? [] : [`${at} --arguments '(${taken})'`]),
    ...options.map((it) => `${at} ${option(it)}`),
  ]
}

function option(it: SuggestedOption): string {
  return `--long-option ${it.word.slice(2)}${valueArguments(it.value)}${about(it)}`
}

function valueArguments(value: SuggestedOption['value']): string {
  switch (value) {
    case 'none':
      return ''
    case 'other':
      return ' --exclusive'
    case 'file':
      return ' --require-parameter --force-files'
    default:
      return ` --exclusive --arguments '(__rcron_names ${value})'`
  }
}

function about({ about: text }: Suggestion): string {
  return text === '' ? '' : ` --description ${quoted(text)}`
}

/** In fish a backslash means something between quotes too. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
