import { readFileSync, statSync } from 'node:fs'

/**
 * What this boot of the machine (or start of the container) is called: the same until the next one. Where the kernel's id is
 * hidden, the birth of /run stands in for it, which is made at each boot. Null where neither is known.
 */
export function localBootId(files: BootFiles = BOOT_FILES): string | null {
  return kernelBootId(files.bootId) ?? birthOf(files.run)
}

export type BootFiles = { readonly bootId: string; readonly run: string }

const BOOT_FILES: BootFiles = { bootId: '/proc/sys/kernel/random/boot_id', run: '/run' }

function kernelBootId(path: string): string | null {
  try {
    const id = readFileSync(path, 'utf8').trim()
    return /^[0-9a-f-]{36}$/.test(id) ? id : null
  } catch {
    return null // Hidden by ProcSubset=pid, or no Linux.
  }
}

function birthOf(path: string): string | null {
  try {
    const { birthtimeNs, dev } = statSync(path, { bigint: true })
    return birthtimeNs > 0n ? `run-${dev}-${birthtimeNs}` : null
  } catch {
    return null // No /run.
  }
}
