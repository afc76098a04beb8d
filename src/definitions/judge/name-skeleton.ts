/** Letters of other scripts that look like a Latin one, from Unicode's table of confusables (UTS 39): pairs of what is seen and what it is like. */
const CONFUSABLES = new Map(
  Object.entries({
    a: 'аɑα',
    b: 'Ьƅ',
    c: 'сϲᴄ',
    d: 'ԁ',
    e: 'еҽ',
    f: 'ꬵ',
    g: 'ɡց',
    h: 'һհ',
    i: 'іıɩι',
    j: 'јϳ',
    k: 'κк',
    l: 'ӏ',
    m: 'м',
    n: 'ո',
    o: 'оοσօᴏ',
    p: 'рρ',
    q: 'ԛ',
    r: 'гᴦ',
    s: 'ѕꜱ',
    t: 'тτ',
    u: 'υսᴜ',
    v: 'ѵνᴠ',
    w: 'ѡԝᴡ',
    x: 'хχ',
    y: 'уүγ',
    z: 'ᴢ',
    '-': '‐‑‒–—―−﹘',
    "'": '‘’‛′ʼ',
    '"': '“”″',
    '/': '⁄∕',
    '.': '․',
    ':': '∶',
    '*': '∗',
  }).flatMap(([like, signs]) => [...signs].map((sign) => [sign, like] as const)),
)

const PLAIN = /^[\x20-\x7e]*$/

/** What two names have in common that are the same but for case, blanks, invisible characters and letters that look alike. Pure. */
export function nameSkeleton(name: string): string {
  const lower = PLAIN.test(name)
    ? name.toLowerCase()
    : [...visible(name)].map((sign) => CONFUSABLES.get(sign) ?? sign).join('')
  return lower.replace(/\s+/g, ' ').trim()
}

function visible(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
}
