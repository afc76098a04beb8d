import { equal } from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { PatientOutput } from '../../../src/commands/next/patient-output.ts'

type Taken = { readonly text: string; readonly done: (error?: Error) => void }

/** An output that takes what it is given when the test says so. */
function slowOutput(): { readonly stream: Writable; readonly taken: Taken[] } {
  const taken: Taken[] = []
  const write = (chunk: Buffer, _encoding: unknown, done: Taken['done']) => taken.push({ text: String(chunk), done })
  return { stream: new Writable({ highWaterMark: 4, write }), taken }
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const turn = new Promise((resolve) => setImmediate(() => resolve('pending')))
  return (await Promise.race([promise, turn])) === 'pending'
}

test('what there is room for is written at once', async () => {
  equal(await new PatientOutput(slowOutput().stream).write('abc'), true)
})

test('without room it waits until the reader has read', async () => {
  const { stream, taken } = slowOutput()
  const written = new PatientOutput(stream).write('abcdef')
  equal(await isPending(written), true)
  taken[0]?.done()
  equal(await written, true)
})

test('a reader that goes while it is waited for ends the writing', async () => {
  const { stream, taken } = slowOutput()
  const output = new PatientOutput(stream)
  const written = output.write('abcdef')
  taken[0]?.done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  equal(await written, false)
  equal(await output.write('more'), false)
})
