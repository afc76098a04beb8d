import { match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { Service } from '../support/service.ts'

const UNIT_FILE = '/etc/systemd/system/rcron.service'
const HIGHEST_EXPOSURE = 1.5

export function unitRows(service: () => Service): void {
  test('systemd understands the unit', async () => {
    const { stderr } = await service().machine.attempt(`systemd-analyze verify ${UNIT_FILE}`)
    const complaints = stderr
      .split('\n')
      .filter((line) => line.includes('rcron.service') && !line.includes("'OpenFile'"))
    ok(complaints.length === 0, complaints.join('\n'))
  })

  test(`the unit's exposure is at most ${HIGHEST_EXPOSURE}`, async (context) => {
    const judged = await service().machine.run(`systemd-analyze security --offline=true --no-pager ${UNIT_FILE}`)
    const verdict = judged.split('\n').at(-1) ?? ''
    match(verdict, /Overall exposure level for rcron\.service: \d/)
    context.diagnostic(verdict)
    ok(Number(/: ([\d.]+)/.exec(verdict)?.[1]) <= HIGHEST_EXPOSURE, judged)
  })
}
