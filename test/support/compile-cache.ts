import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** For NODE_COMPILE_CACHE: halves what a start of the unbuilt sources costs. */
export const COMPILE_CACHE = join(tmpdir(), `rcron-compile-cache-${userInfo().uid}`)
