import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where provide-container.sh keeps the trees that machines are booted from. */
export const cacheDirectory = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'rcron-test')
