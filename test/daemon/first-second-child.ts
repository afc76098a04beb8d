import { registerHooks } from 'node:module'

/** Loaded before rcron: a signal comes while rcron's first file loads the others. */
const signal = process.env['TEST_EARLY_SIGNAL']
registerHooks({
  load: (url, context, next) => {
    if (signal && url.endsWith('/commands/cli/program.ts')) process.kill(process.pid, signal)
    return next(url, context)
  },
})

/** And an exception that nobody catches, when it is asked for. */
process.on('SIGUSR2', () => {
  throw new Error('nobody catches this')
})
