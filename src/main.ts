#!/usr/bin/env node
import { listenToSystemSignals } from './daemon/system-daemon-signals.ts'
import { useCompileCache } from './platform/compile-cache.ts'
import { continueInSuitableNode, isSuitable } from './platform/suitable-node.ts'

// SIGUSR1 opens Node's inspector, through which any user of the machine could run code here. Whoever listens to it keeps it shut: npm's
// links and `npx` start this file with no option of Node.
process.on('SIGUSR1', () => {})

// Node lets FORCE_COLOR win over NO_COLOR, and warns of it on the terminal; here NO_COLOR wins, for the libraries too.
if (process.env['NO_COLOR']) delete process.env['FORCE_COLOR']

// An older Node would fail on the program's first file with a riddle. What is imported above it can read.
if (isSuitable(process.versions.node)) {
  const isDaemon = process.argv[2] === 'daemon'
  // Until somebody listens, each of these signals ends the process without a word; all that follows takes a while to load.
  const signals = isDaemon ? listenToSystemSignals() : undefined
  if (!isDaemon) useCompileCache(process.env)
  void import('./start.ts').then(({ start }) => start(signals))
} else void continueInSuitableNode()
