import { join } from 'node:path'
import { readBoundedFile } from '../platform/files/bounded-file.ts'
import { fields, listOf, oneOf, orNull, readJson, text } from '../platform/files/json-shape.ts'
import { replaceFile } from '../platform/files/whole-file.ts'
import type { Log } from '../platform/log/log.ts'
import type { ReportedProblems } from './problem-journal.ts'

/** Its name in the state directory. */
const REPORTED_PROBLEMS_NAME = 'told-problems.json'

const FORMAT = 'rcron-problems-1'
const MAX_BYTES = 64 * 1024 * 1024

const line = orNull(text)
const problem = fields({
  severity: oneOf(['error', 'warning']),
  subject: text,
  field: line,
  message: text,
  hint: line,
})
const toldFile = fields({ format: oneOf([FORMAT]), problems: listOf(problem) })

/** In a file of the state directory, which the ticks of an installation share. */
export function createSystemReportedProblems(stateDirectory: string, log: Log): ReportedProblems {
  const path = join(stateDirectory, REPORTED_PROBLEMS_NAME)
  return {
    async load() {
      try {
        const { content } = await readBoundedFile(path, MAX_BYTES)
        return readJson(content.toString(), toldFile, 'a list of problems').problems
      } catch {
        return [] // None yet, or none that can be used: all are said again, and the file is replaced then.
      }
    },
    async keep(problems) {
      try {
        const written = `${JSON.stringify({ format: FORMAT, problems })}\n`
        await replaceFile(path, (file) => file.writeFile(written))
      } catch (error) {
        log.error(
          { path, err: error },
          'cannot record the reported problems of definitions; the next tick reports them again',
        )
      }
    },
  }
}
