/** Why a waiting was ended: without a reason given, each abort makes an error with its stack. */
export const DONE = 'no longer needed'
