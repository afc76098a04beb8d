import type { Cron } from '../domain/cron.ts'
import { type Firing, jobKey } from '../domain/job.ts'

/**
 * The crons of `firing` in an order that is a function of its job and minute alone, so that a restart or a second daemon
 * decides alike. A Fisher–Yates shuffle.
 */
export function shuffled(firing: Firing): readonly Cron[] {
  const next = randomFrom(seedOf(`${jobKey(firing.job)}@${firing.minute}`))
  const order = [...firing.crons]
  for (let last = order.length - 1; last > 0; last--) {
    const pick = Math.floor(next() * (last + 1))
    const [picked, moved] = [order[pick], order[last]]
    if (picked !== undefined && moved !== undefined) {
      order[last] = picked
      order[pick] = moved
    }
  }
  return order
}

/** FNV-1a over UTF-16 code units, 32 bits, with a last mixing so that neighbouring minutes give unlike seeds. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Numbers in [0, 1): the generator known as mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
