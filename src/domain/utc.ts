/**
 * Whether a time zone is UTC by either of its usual names. It never changes, and what is known of it need not be asked of Intl: asking that for the
 * first time takes longer than all that most commands do besides.
 */
export function isUtc(timezone: string): boolean {
  return timezone === 'UTC' || timezone === 'Etc/UTC'
}
