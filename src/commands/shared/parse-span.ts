const SECONDS = { d: 86_400, h: 3_600, m: 60 } as const

/** How many seconds `2h`, `1h30m` or `90 s` are; NaN where the text is no length of time. */
export function secondsIn(text: string): number {
  const parts = /^(?:(\d+)\s*d)?\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?\s*(?:(\d+)\s*s)?$/i.exec(text.trim())
  if (parts === null || text.trim() === '') return Number.NaN
  const [, d = 0, h = 0, m = 0, s = 0] = parts
  return Number(d) * SECONDS.d + Number(h) * SECONDS.h + Number(m) * SECONDS.m + Number(s)
}
