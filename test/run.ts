import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { COMPILE_CACHE } from './support/compile-cache.ts'

/** The runner's own time-out is for each test: what a file leaves behind after its tests may keep it alive for ever, and the run with it. */
const DEADLINE_MINUTES = 60

/**
 * Runs every test but those that need containers, of test/systemd, test/package and test/docker. Arguments narrow the choice:
 * `npm test -- dispatch` runs the files whose path contains "dispatch".
 */
const wanted = process.argv.slice(2)
const files = globSync('test/**/*.test.ts')
  .filter((file) => !/^test\/(systemd|package|docker)\//.test(file))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
if (files.length === 0) {
  console.error(`No test file's path contains ${wanted.join(' or ')}.`)
  process.exit(2)
}
// One more than there are cores: much of the time is spent on waiting for minutes, deadlines and servers.
const atOnce = availableParallelism() + 1
const args = ['--test', `--test-concurrency=${atOnce}`, '--test-timeout=300000', ...files]
// Each file is a process of its own, and starts many more.
const child = spawn(process.execPath, args, {
  stdio: 'inherit',
  env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  timeout: DEADLINE_MINUTES * 60_000,
})
child.on('exit', (code) => {
  if (child.killed) console.error(`Not done within ${DEADLINE_MINUTES} minutes; what still ran is named above.`)
  process.exit(code ?? 1)
})
