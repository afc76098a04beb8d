const ENDINGS: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' }

/** `1st`, `2nd`, `11th`, `21st`. */
export function ordinal(number: number): string {
  const isTeen = Math.floor(number / 10) % 10 === 1
  return `${number}${(isTeen ? null : ENDINGS[number % 10]) ?? 'th'}`
}
