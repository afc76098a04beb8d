const VERBS = 'add, list, show, edit'

/** What the help says of each noun's commands in one line. */
export const NOUN_SUMMARIES = {
  auth: `${VERBS} and remove users and their secrets`,
  system: `${VERBS} and remove hosts to run commands on`,
  cron: `${VERBS}, remove, enable and disable what runs, when, where and as whom`,
} as const

export function isNoun(word: string): word is keyof typeof NOUN_SUMMARIES {
  return Object.hasOwn(NOUN_SUMMARIES, word)
}
