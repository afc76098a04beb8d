import { join } from 'node:path'
import * as z from 'zod'
import { readBoundedFile } from '../platform/files/bounded-file.ts'
import { replaceFile } from '../platform/files/whole-file.ts'
import type { Log } from '../platform/log/log.ts'
import type { ReportedProblems } from './problem-journal.ts'

/** Its name in the state directory. */
const REPORTED_PROBLEMS_NAME = 'told-problems.json'

const FORMAT = 'rcron-problems-1'
const MAX_BYTES = 64 * 1024 * 1024

const line = z.string().nullable()
const problem = z.object({
  severity: z.enum(['error', 'warning']),
  subject: z.string(),
  field: line,
  message: z.string(),
  hint: line,
})
const toldFile = z.object({ format: z.literal(FORMAT), problems: z.array(problem) })

/** In a file of the state directory, which the ticks of an installation share. */
export function createSystemReportedProblems(stateDirectory: string, log: Log): ReportedProblems {
  const path = join(stateDirectory, REPORTED_PROBLEMS_NAME)
  return {
    async load() {
      try {
        const { content } = await readBoundedFile(path, MAX_BYTES)
        return toldFile.parse(JSON.parse(content.toString())).problems
      } catch {
        return [] // None yet, or none that can be used: all are said again, and the file is replaced then.
      }
    },
    async keep(problems) {
      try {
        const text = `${JSON.stringify({ format: FORMAT, problems })}\n`
        await replaceFile(path, (file) => file.writeFile(text))
      } catch (error) {
        log.error(
          { path, err: error },
          'cannot record the reported problems of definitions; the next tick reports them again',
        )
      }
    },
  }
}
