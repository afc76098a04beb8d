import { readdirSync, readFileSync } from 'node:fs'
import { waitUntil } from './wait-until.ts'

/** Every process of this machine but this one. */
export function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid)
}

/** A file of the process, such as `environ` or `cmdline`; empty where it has ended. */
export function readOfProcess(pid: number, file: 'environ' | 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1')
  } catch {
    return '' // It has ended.
  }
}

/** Living processes by their environment and arguments. */
export function processesThat(fit: (text: string) => boolean): readonly number[] {
  return processIds()
    .filter(isAlive)
    .filter((pid) => fit(`${readOfProcess(pid, 'environ')}${readOfProcess(pid, 'cmdline')}`))
}

export function isAlive(pid: number): boolean {
  const stat = readOfProcess(pid, 'stat')
  return stat !== '' && !/\) [ZX] /.test(stat)
}

export function killIfThere(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Ends whatever `find` finds until it finds nothing more. */
export async function killAll(find: () => readonly number[]): Promise<void> {
  await waitUntil('all of it is dead', async () => {
    const left = find()
    for (const pid of left) killIfThere(pid)
    return left.length === 0 ? true : null
  })
}

/** As when the machine loses power: stopped first, all of it, so that none has a last word on the end of another. */
export async function wipe(find: () => readonly number[]): Promise<void> {
  const stopped = new Set<number>()
  await waitUntil('all of it stands still', async () => {
    const running = find().filter((pid) => !stopped.has(pid))
    for (const pid of running) {
      killIfThere(pid, 'SIGSTOP')
      stopped.add(pid)
    }
    return running.length === 0 ? true : null
  })
  await killAll(find)
}
