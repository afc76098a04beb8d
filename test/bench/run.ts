import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'

/**
 * Runs every bench, one after the other, each with its peer in the same run, and writes what they print into README.md beside
 * this file. `npm run bench -- due load` runs those two alone and prints their tables without writing.
 */
const BENCHES: readonly (readonly [name: string, title: string])[] = [
  ['start', 'What a command costs'],
  ['due', 'Choosing what is due'],
  ['load', '100,000 crons from MariaDB: read, compile, seal, write'],
  ['runs', '2,000 crons due in one minute, on four OpenSSH servers'],
  ['client-only', 'The client alone'],
  ['start-lag', 'From the minute to the start on the host'],
  ['supervised', 'Supervised runs'],
  ['idle', 'An idle daemon'],
  ['output', 'One command that prints a gigabyte'],
  ['live-output', 'Following a run that prints 50 MB/s'],
  ['history', 'History: writing it, and asking among a million rows'],
]

const wanted = process.argv.slice(2)
const chosen = BENCHES.filter(([name]) => wanted.length === 0 || wanted.includes(name))
if (chosen.length === 0) {
  console.error(`No bench of that name; there are: ${BENCHES.map(([name]) => name).join(', ')}`)
  process.exit(2)
}

const sections: string[] = []
for (const [name, title] of chosen) {
  console.error(`bench ${name}: ${title} …`)
  const file = join(import.meta.dirname, `${name}.ts`)
  const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) process.exitCode = 1
  const said = status === 0 ? stdout.trim() : `${stdout.trim()}\n\nThis bench failed with status ${status}.`
  console.log(`\n## ${title}\n\n${said}`)
  sections.push(`## ${title}\n\n${said}\n`)
  if (wanted.length === 0) writeResults(sections)
}

function writeResults(results: readonly string[]): void {
  const model = cpus()[0]?.model ?? 'unknown processor'
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
    version: string
  }
  const head = `# Speed and memory

Measured by \`npm run bench\`, each figure beside its peer in the same run: rcron ${version}, Node ${process.versions.node}, ${availableParallelism()} × ${model}, client and servers on the same machine.
The machine is shared, so ratios and medians count, not single times.
`
  writeFileSync(join(import.meta.dirname, 'README.md'), `${head}\n${results.join('\n')}`)
}
