import type { ControlClient } from '../../control/client/control-client.ts'
import type { FiringAnswer } from '../../control/schemas.ts'
import { ExitError } from '../../domain/errors.ts'
import type { CommandContext } from '../cli/context.ts'
import { Output } from '../cli/output.ts'

/** A question is asked again after so long; the answer comes as soon as there is one. */
const PATIENCE_MS = 30_000
const ANSWER_MS = PATIENCE_MS + 10_000

const GOES_ON = 8
const INTERRUPTED = 130

/** Waits until a firing is over. An interruption ends the waiting, and nothing else: the process exits with 130 then. */
export async function waitForFiring(
  context: CommandContext,
  daemon: ControlClient,
  started: FiringAnswer,
): Promise<FiringAnswer> {
  const leave = () => {
    new Output(context).note(
      `${started.job} goes on: "rcron ps ${started.job}" shows it, "rcron kill ${started.job}" ends it.`,
    )
    process.exit(INTERRUPTED)
  }
  process.once('SIGINT', leave).once('SIGTERM', leave)
  try {
    return await untilOver(daemon, started)
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave)
  }
}

async function untilOver(daemon: ControlClient, { firing, job }: FiringAnswer): Promise<FiringAnswer> {
  for (;;) {
    const answer = await daemon
      .look<FiringAnswer>(`/firings/${firing}?waitMs=${PATIENCE_MS}`, ANSWER_MS)
      .catch((error) => {
        throw goneMeanwhile(job, error)
      })
    if (answer.state === 'ended') return answer
  }
}

/** Whether it has ended is not known any more; its runs are the next start's to adopt. */
function goneMeanwhile(job: string, error: unknown): unknown {
  if (!(error instanceof ExitError)) return error
  return new ExitError(GOES_ON, `${job} was started, and its end is not known: ${error.message}`, error.hint, {
    cause: error,
  })
}
