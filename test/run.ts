import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { COMPILE_CACHE } from './support/compile-cache.ts'

/**
 * Runs every test but those of test/systemd, which need a container of their own. Arguments narrow the choice:
 * `npm test -- dispatch` runs the files whose path contains "dispatch".
 */
const wanted = process.argv.slice(2)
const files = globSync('test/**/*.test.ts')
  .filter((file) => !file.startsWith('test/systemd/'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()
if (files.length === 0) {
  console.error(`No test file's path contains ${wanted.join(' or ')}.`)
  process.exit(2)
}
// One more than there are cores: much of the time is spent on waiting for minutes, deadlines and servers.
const atOnce = availableParallelism() + 1
const args = ['--test', `--test-concurrency=${atOnce}`, '--test-timeout=120000', '--test-force-exit', ...files]
// Each file is a process of its own, and starts many more.
const child = spawn(process.execPath, args, {
  stdio: 'inherit',
  env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
})
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1))
