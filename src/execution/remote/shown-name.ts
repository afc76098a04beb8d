declare const shownBrand: unique symbol

/** A job's name as the list of processes of a host shows it; between double quotes, it stands for itself in every login shell. */
export type ShownName = string & { readonly [shownBrand]: true }

const MOST_CHARACTERS = 64
/** What prints, and no shell and no terminal reads anything into. */
const STRANGE = /[^A-Za-z0-9 _.,:=@%+/#()~-]/gu

export const LONGEST_NAME = 'x'.repeat(MOST_CHARACTERS) as ShownName

/**
 * A job's name, whatever it holds, in at most 64 characters that print. A word that the command holds as well stands as `[b]ackup`, the
 * way in which a search for processes is kept from finding itself: a script that looks whether it runs already must find the command alone.
 */
export function shownName(name: string, command: string): ShownName {
  const printed = name.slice(0, 4 * MOST_CHARACTERS).replace(STRANGE, '?')
  const held = command.toLowerCase()
  const apart = printed.replace(/[a-z0-9]{2,}/giu, (word) =>
    held.includes(word.toLowerCase()) ? `[${word[0]}]${word.slice(1)}` : word,
  )
  const shown = apart.length > MOST_CHARACTERS ? `${apart.slice(0, MOST_CHARACTERS - 1)}~` : apart
  return (shown.trim() === '' ? '-' : shown) as ShownName
}
