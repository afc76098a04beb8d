import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { describeOutcome } from '../../../src/domain/outcome.ts'
import { parseKillAnswer, parseProbeAnswer, parseStartAnswer } from '../../../src/execution/remote/answers.ts'
import { outcomeOfStatus } from '../../../src/execution/remote/host-status.ts'
import { judgeProbe } from '../../../src/execution/supervision/verdict.ts'

const ID = '0123456789abcdef0123456789abcdef'
const TRACE = { pid: 12, start: '345', boot: 'b8-1', cgroup: '-' }
const FIELDS = 'pid=12 pgid=12 start=345 boot=b8-1 cg=-'

test('a start is told with its trace and the place of its claim', () => {
  deepEqual(parseStartAnswer(`RCRON1 ${ID} ${FIELDS} spool=tmp\r`, ID), { kind: 'started', trace: TRACE, spool: 'tmp' })
  deepEqual(parseStartAnswer(`RCRON1 ${ID} claimed state=exited rc=0`, ID), { kind: 'claimed', state: 'exited' })
  deepEqual(parseStartAnswer(`RCRON1 ${ID} withheld beside=-`, ID), { kind: 'withheld', beside: null })
  deepEqual(parseStartAnswer(`RCRON1 ${ID} withheld beside=${ID}`, ID), { kind: 'withheld', beside: ID })
})

test('a line with a part that does not fit is no answer', () => {
  for (const line of [
    '',
    `RCRON1 ${'1'.repeat(32)} ${FIELDS} spool=tmp`,
    `RCRON1 ${ID} ${FIELDS}`,
    `RCRON1 ${ID} ${FIELDS.replace('pid=12', 'pid=0')} spool=tmp`,
    `RCRON1 ${ID} ${FIELDS.replace('345', '$(reboot)')} spool=tmp`,
    `RCRON1 ${ID} ${FIELDS.replace('cg=-', 'cg=relative')} spool=tmp`,
    `RCRON1 ${ID} ${FIELDS} spool=elsewhere`,
    `RCRON1 ${ID} claimed state=maybe`,
    `RCRON1 ${ID} withheld`,
    `RCRON1 ${ID} withheld beside=$(reboot)`,
  ]) {
    equal(parseStartAnswer(line, ID), null, line)
  }
})

test('states are read past noise; lines cut short or senseless are left out', () => {
  const id = (digit: number) => String(digit).repeat(32)
  const text = [
    `Welcome, with no line end!RCRONP ${id(1)} state=running ${FIELDS}`,
    `RCRONP ${id(2)} state=exited rc=137 sig=9 own=1`,
    `RCRONP ${id(3)} state=exited rc=999`,
    `RCRONP ${id(4)} state=dancing`,
    `RCRONP ${id(5)} state=gone`,
    `RCRONP ${id(6)} state=never-star`,
    `RCRONP ${id(7)} state=exited rc=143`,
    `RCRONP ${id(8)} state=exi`,
  ].join('\n')
  const states = parseProbeAnswer(text)
  deepEqual(states.get(id(1)), { kind: 'running', trace: TRACE })
  deepEqual(states.get(id(2)), {
    kind: 'exited',
    status: { exitCode: 137, signal: 9 },
    endedByItself: true,
    hasKept: false,
  })
  deepEqual(states.get(id(7)), {
    kind: 'exited',
    status: { exitCode: 143, signal: null },
    endedByItself: false,
    hasKept: false,
  })
  deepEqual([...states.keys()], [id(1), id(2), id(5), id(7)])
})

test('only a whole answer confirms a death', () => {
  const answer = (rest: string) => parseKillAnswer(`noise\nRCRONK ${ID} result=${rest}`, ID)
  deepEqual(answer('term rc=143 waited=20 rounds=0\n'), {
    kind: 'ended',
    by: 'term',
    status: { exitCode: 143, signal: null },
  })
  deepEqual(answer('none planted=1\n'), { kind: 'none', guarded: true, status: null })
  deepEqual(answer('none planted=0\n'), { kind: 'none', guarded: false, status: null })
  deepEqual(answer('stuck pids=12,13,x,\n'), { kind: 'stuck', pids: [12, 13] })
  deepEqual(answer('unknown\n'), { kind: 'unknown' })
  for (const rest of ['term', 'nonesuch\n', '\n']) equal(answer(rest), null)
  equal(parseKillAnswer(`RCRONK ${ID} result=none\n`, '1'.repeat(32)), null)
  equal(parseKillAnswer(`Welcome, with no line end!RCRONK ${ID} result=kill\n`, ID)?.kind, 'ended')
})

test('how a status reads', () => {
  const cases = [
    [0, null, { kind: 'succeeded' }],
    [1, null, { kind: 'failed', exitCode: 1 }],
    [128, null, { kind: 'failed', exitCode: 128 }],
    [255, null, { kind: 'failed', exitCode: 255 }],
    [137, null, { kind: 'signaled', signal: 'SIGKILL' }],
    [162, 34, { kind: 'signaled', signal: 'SIGRTMIN+0' }],
    [193, null, { kind: 'failed', exitCode: 193 }],
  ] as const
  for (const [exitCode, signal, outcome] of cases) deepEqual(outcomeOfStatus({ exitCode, signal }), outcome)
})

test('a run that is gone is told with what its host does at the end of a session', () => {
  const id = '0'.repeat(32)
  const told = (text: string) => parseProbeAnswer(`RCRONP ${id} state=gone${text}\nRCRONP end\n`).get(id)
  deepEqual([told(''), told(' ending=kills')], [{ kind: 'gone' }, { kind: 'gone', killsAtSessionEnd: true }])
})

test('so is one that a signal has ended', () => {
  const id = '0'.repeat(32)
  const told = (text: string) => parseProbeAnswer(`RCRONP ${id} state=exited rc=143${text}\nRCRONP end\n`).get(id)
  const status = { exitCode: 143, signal: null }
  const exited = { kind: 'exited', status, endedByItself: false, hasKept: false } as const
  deepEqual([told(''), told(' ending=kills')], [exited, { ...exited, killsAtSessionEnd: true }])
  const reason = /KillUserProcesses=yes.*KillExcludeUsers=/
  const judged = judgeProbe({ ...exited, killsAtSessionEnd: true }, true)
  match(judged.kind === 'over' ? describeOutcome(judged.outcome) : '', new RegExp(`SIGTERM.*${reason.source}`))
  for (const reply of [
    exited,
    { ...exited, status: { exitCode: 1, signal: null }, killsAtSessionEnd: true } as const,
  ]) {
    const other = judgeProbe(reply, true)
    doesNotMatch(other.kind === 'over' ? describeOutcome(other.outcome) : '', reason)
  }
})

test('how long a command ran is what one clock of its host measured, and nothing where that cannot be', () => {
  const id = '1'.repeat(32)
  const cases = [
    ['from=100.50 to=114.75', { tookMs: 14_250 }],
    ['from=100 to=114', { tookMs: 14_000 }],
    ['from=114.75 to=100.50', {}],
    ['from= to=114.75', {}],
    ['from=1e3 to=2e3', {}],
    ['from=-1 to=5', {}],
    ['from=1 to=99999999999999999999', {}],
    ['', {}],
  ] as const
  const status = { exitCode: 0, signal: null }
  for (const [text, took] of cases) {
    const states = parseProbeAnswer(`RCRONP ${id} state=exited rc=0 ${text} own=1\nRCRONP end\n`)
    deepEqual(states.get(id), { kind: 'exited', status, endedByItself: true, hasKept: false, ...took })
    const killed = parseKillAnswer(`RCRONK ${id} result=none rc=0 ${text}\n`, id)
    deepEqual(killed, { kind: 'none', guarded: true, status, ...took })
  }
})
