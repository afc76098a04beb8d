/** How every sentence begins in which rcron accuses itself. */
export const BUG = 'bug in rcron'
