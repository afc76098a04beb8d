import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Of a longer line only this much is kept: no question needs it. Characters. */
const LONGEST_LINE = 1024 * 1024

/** The lines of `input` as they come, many at a time: those that each chunk completes. The last line may lack its end. */
export async function* lineBatches(input: Readable): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8')
  let begun = ''
  for await (const chunk of input) {
    const [first = '', ...others] = decoder.write(chunk).split('\n')
    if (begun.length < LONGEST_LINE) begun += first
    const last = others.pop()
    if (last === undefined) continue
    yield [begun, ...others]
    begun = last
  }
  begun += decoder.end()
  if (begun !== '') yield [begun]
}
