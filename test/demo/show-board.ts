import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'
import { Board } from './board.ts'
import { drawBoard, type ShownJob } from './draw-board.ts'

const OTHER_SCREEN = '\u001b[?1049h\u001b[?25l'
const FORMER_SCREEN = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const REST_OF_LINE = '\u001b[K'

/** Fewer rows hold no log. */
const MIN_ROWS = 20
const MIN_COLUMNS = 60
const LAST_LINES = 15

type Colour = 'green' | 'cyan' | 'red' | 'yellow'
const COLOURS: Readonly<Record<string, Colour>> = {
  succeeded: 'green',
  running: 'cyan',
  failed: 'red',
  unreachable: 'red',
  killed: 'yellow',
}

/** Whether the picture has room there; otherwise the log is all there is to show. */
export function hasRoomForBoard({ isTTY, columns, rows }: WriteStream): boolean {
  return isTTY && columns >= MIN_COLUMNS && rows >= MIN_ROWS
}

/** Shows the jobs and the log that comes from `outputs` on `terminal`, drawn again at each line and second. `end` leaves the terminal as it was. */
export function showBoard(
  terminal: WriteStream,
  outputs: readonly Readable[],
  jobs: readonly ShownJob[],
  command: string,
): { end(): readonly string[] } {
  const board = new Board()
  const draw = () => {
    const lines = drawBoard(board, jobs, command, { columns: terminal.columns, rows: terminal.rows, now: Date.now() })
    terminal.write(HOME + lines.map((line) => coloured(line, terminal) + REST_OF_LINE).join('\r\n'))
  }
  terminal.write(OTHER_SCREEN)
  draw()
  for (const input of outputs) {
    createInterface({ input }).on('line', (line) => {
      board.note(line)
      draw()
    })
  }
  const everySecond = setInterval(draw, 1000)
  terminal.on('resize', draw)
  return {
    end: () => {
      clearInterval(everySecond)
      terminal.off('resize', draw)
      terminal.write(FORMER_SCREEN)
      return board.lines.slice(-LAST_LINES)
    },
  }
}

function coloured(line: string, stream: WriteStream): string {
  return line.replaceAll(/\b(?:succeeded|running|failed|unreachable|killed)\b/g, (word) => {
    const colour = COLOURS[word]
    return colour === undefined ? word : styleText(colour, word, { stream })
  })
}
