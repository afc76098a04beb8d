import { describeMinute } from '../../src/domain/minute.ts'
import type { ChaosReport } from './chaos-report.ts'

/** The report in lines for people. */
export function describeReport(report: ChaosReport): string {
  const { seed, faults, faultsByKind, minutes, firings, runs, outcomes, violations } = report
  const { unknownPeriods, foundAgain, adopted, daemons, ticks, toldAgain } = report
  return [
    `seed ${seed}: ${faults} faults, ${minutes} minutes, ${firings} firings, ${runs} runs begun on their hosts`,
    `faults: ${listed(faultsByKind)}`,
    `outcomes: ${listed(outcomes)}`,
    `${daemons} daemons, ${ticks} ticks, ${adopted} runs adopted, ${unknownPeriods} times unknown, ${foundAgain} times found again, ${toldAgain} ends told again after a crash`,
    describeSilence(report),
    violations.length === 0 ? 'no violation' : `${violations.length} VIOLATIONS`,
    ...violations.flatMap(({ rule, run, text, evidence }) => [
      `${rule} ${run ?? ''} ${text}`,
      ...evidence.map((line) => `    ${line}`),
    ]),
  ].join('\n')
}

/** Of how many firings nothing was told, and which they are. */
export function describeSilence({ silentFirings }: Pick<ChaosReport, 'silentFirings'>): string {
  const which = silentFirings.map(({ job, minute }) => `${job} in ${describeMinute(minute)}`)
  return `${which.length} firings of which nothing was told${which.length === 0 ? '' : ': '}${which.join(', ')}`
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ')
}
