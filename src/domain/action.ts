/** How the crons of one job are carried out; stored as its number. */
export type Action = 'failover' | 'shuffle' | 'all' | 'clobber'

/** The stored number of an action is its position here. */
export const ACTIONS: readonly Action[] = ['failover', 'shuffle', 'all', 'clobber']

/** The action stored as `number`, or undefined if there is none. */
export function actionOf(number: number): Action | undefined {
  return ACTIONS[number]
}

/** The number under which `action` is stored, and which stands in the lock file's name. */
export function numberOf(action: Action): number {
  return ACTIONS.indexOf(action)
}
