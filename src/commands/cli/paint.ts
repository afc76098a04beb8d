import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { readColour } from '../../config/load-config.ts'

/** Where text is painted, and the variables that say whether it is. */
export type PaintedStreams = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdout: WriteStream
  readonly stderr: WriteStream
}

/** Colours and weights of text, by their names in `node:util`. */
export type Style = Parameters<typeof styleText>[0]

/** Coloured by the log's rule: NO_COLOR goes before FORCE_COLOR, and without either a terminal is coloured that can be. */
export function paint(context: PaintedStreams, on: 'stdout' | 'stderr', style: Style) {
  // No copy of the context: that would make standard input, which is made when somebody reads it.
  const { environment } = context
  const stream = context[on]
  // Node reads FORCE_COLOR by another rule; its answer is wanted for the terminal alone.
  const isColoured =
    readColour(environment) ??
    (stream.isTTY === true && stream.hasColors(16, { ...environment, FORCE_COLOR: undefined }))
  return (text: string) => (isColoured ? styleText(style, text, { validateStream: false }) : text)
}
