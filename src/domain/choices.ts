/** What is run of the minutes that were missed beyond the catch-up window. */
export type CatchUp = 'none' | 'last' | 'all'
export const CATCH_UPS: readonly CatchUp[] = ['none', 'last', 'all']

/** Of which runs what they printed is kept in the history. */
export type KeepHistory = 'all' | 'failures' | 'none'
export const KEEPS: readonly KeepHistory[] = ['all', 'failures', 'none']

/** Whether a lost run ends its firing or moves on to the next host. */
export type OnLost = 'stop' | 'failover'
export const ON_LOSTS: readonly OnLost[] = ['stop', 'failover']

/** What is logged of runs: one line for each firing, each run as well, or only what did not succeed. */
export type LogRuns = 'firings' | 'runs' | 'failures'
