import type { OutputMessage } from '../../../control/feed-schemas.ts'
import { describeDuration } from '../../../domain/words.ts'
import type { Output } from '../../cli/output.ts'

/** How what runs print is printed. */
export type LivePrinting = { readonly raw?: boolean; readonly json?: boolean }

type MessageOf<Kind extends OutputMessage['kind']> = Extract<OutputMessage, { readonly kind: Kind }>
type Stream = MessageOf<'output'>['stream']

/** A line that gets longer is printed in parts. */
const LONGEST_LINE = 8_192

/**
 * Prints what one run prints, each stream to its own, and on standard error what becomes of the run. Of one among several that run at once
 * each line says which host it comes from.
 */
export class LivePrinter {
  readonly #output: Output
  readonly #printing: LivePrinting
  readonly #id: string
  readonly #begun: Record<Stream, string> = { stdout: '', stderr: '' }
  #run: MessageOf<'run'> | null = null
  #isMidLine = false

  constructor(output: Output, id: string, printing: LivePrinting) {
    this.#output = output
    this.#id = id
    this.#printing = printing
  }

  print(message: OutputMessage): void {
    if (this.#printing.json === true) this.#output.jsonLine({ ...message, run: this.#id })
    else if (message.kind === 'run') this.#begin(message)
    else if (message.kind === 'output') this.#add(message)
    else if (message.kind === 'contact') this.#note(describeContact(message))
    else this.#end(message)
  }

  #begin(message: MessageOf<'run'>): void {
    this.#run = message
    this.#note(`follows run ${this.#id}`)
    if (!message.isHeard) this.#note(UNHEARD)
  }

  #add({ stream, text, omittedBytes }: MessageOf<'output'>): void {
    if (omittedBytes > 0) {
      this.#flush(stream)
      this.#note(`${omittedBytes} bytes of ${stream} are left out here`)
    }
    if (this.#run?.action === 'all') this.#addLines(stream, text)
    else this.#write(stream, text)
  }

  #addLines(stream: Stream, text: string): void {
    const lines = `${this.#begun[stream]}${text}`.split('\n')
    const rest = lines.pop() ?? ''
    this.#begun[stream] = rest
    if (lines.length > 0) this.#write(stream, lines.map((line) => `${this.#run?.host}| ${line}\n`).join(''))
    if (rest.length > LONGEST_LINE) this.#flush(stream)
  }

  /** Ends a line that has begun. */
  #flush(stream: Stream): void {
    const begun = this.#begun[stream]
    this.#begun[stream] = ''
    if (begun !== '') this.#write(stream, `${this.#run?.host}| ${begun}\n`)
  }

  #write(stream: Stream, text: string): void {
    if (text === '') return
    this.#output.block(stream, text, this.#printing.raw)
    this.#isMidLine = !text.endsWith('\n')
  }

  #end({ description, durationMs }: MessageOf<'end'>): void {
    for (const stream of ['stdout', 'stderr'] as const) this.#flush(stream)
    const took = describeDuration(durationMs)
    this.#note(`${description}${took === null ? '' : `, took ${took}`}`)
  }

  /** A line of rcron's own begins at the left. */
  #note(text: string): void {
    if (this.#isMidLine) this.#output.block('stderr', '\n')
    this.#isMidLine = false
    const { job = 'run', host = null } = this.#run ?? {}
    this.#output.note(`rcron: ${job}${host === null ? '' : ` on ${host}`}: ${text}`)
  }
}

const UNHEARD =
  'what it prints cannot be heard here, since this daemon has not begun it; what is kept of it comes when it has ended'

function describeContact({ isLost, reason }: MessageOf<'contact'>): string {
  if (!isLost) return 'contact is back, and it is alive; what it prints is not heard any more'
  return `contact was lost, and what it prints is not heard any more: ${reason}`
}
