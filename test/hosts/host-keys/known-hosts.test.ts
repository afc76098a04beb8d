import { deepEqual, equal, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { hashHostName } from '../../../src/hosts/host-keys/host-name.ts'
import type { IgnoredLine } from '../../../src/hosts/host-keys/known-host-line.ts'
import { KnownHostsFile } from '../../../src/hosts/host-keys/known-hosts-file.ts'
import { Scratch } from '../../secrets/make-keys.ts'

const scratch = new Scratch()
after(() => scratch[Symbol.dispose]())
scratch.sshKey('ed', '-t', 'ed25519')
scratch.sshKey('rsa', '-t', 'rsa', '-b', '2048')
scratch.sshKey('ec', '-t', 'ecdsa', '-b', '384')
const [ed, rsa, ec] = ['ed', 'rsa', 'ec'].map((name) => readFileSync(`${scratch.file(name)}.pub`, 'utf8').trim())

/** The lines of a known_hosts file that real ssh-keygen finds for a name, with the fingerprints it reads there. */
function foundBySshKeygen(file: string, name: string): readonly string[] {
  const { stdout } = spawnSync('ssh-keygen', ['-lF', name, '-f', file], { encoding: 'utf8' })
  const lines = [...stdout.matchAll(/found: line (\d+)/g)].map(([, line]) => line)
  const keys = [...stdout.matchAll(/SHA256:[\w+/]+/g)].map(([fingerprint]) => fingerprint)
  return lines.map((line, index) => `${line} ${keys[index]}`)
}

function foundByUs(file: KnownHostsFile, name: string): readonly string[] {
  return file.find(name).map(({ line, fingerprint }) => `${line} ${fingerprint}`)
}

const CONTENT = [
  '# comment',
  '',
  `plain.example ${ed}`,
  `\t  indented.example   ${ed}  with a comment`,
  `list.example,192.0.2.7,[list.example]:2200 ${rsa}`,
  `*.wild.example,!bad.wild.example ${ec}`,
  `h?st ${ed}`,
  `[*]:4711 ${ed}`,
  `Upper.Example ${ed}`,
  `${hashHostName('hashed.example')} ${ed}`,
  `${hashHostName('[hashed.example]:2022')} ${rsa}`,
  `${hashHostName('list-hashed')},more ${ed}`,
  '|1|short|hash ssh-ed25519 AAAA',
  'cut.example',
  'cut.example ssh-ed25519',
  'cut.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHI=',
  `cut.example ssh-rsa ${ed?.split(' ')[1]}`,
  `@revoked revoked.example ${ed}`,
  `revoked.example ${rsa}`,
  `@unknown plain.example ${rsa}`,
  `@revoked @revoked plain.example ${rsa}`,
  `2001:db8::1 ${ed}`,
  `[2001:db8::1]:2222 ${ed}`,
  `!negated.only,other ${ed}`,
  `** ${ec}`,
  `plain.example ${rsa}\r`,
  `last.example ${ed}`,
].join('\n')

const NAMES = [
  ...['plain.example', 'indented.example', 'list.example', '192.0.2.7', '[list.example]:2200', '[list.example]:2201'],
  ...['a.wild.example', 'bad.wild.example', 'a.b.wild.example', 'wild.example', 'host', 'hst', 'h.st', '[x]:4711'],
  ...['upper.example', 'hashed.example', '[hashed.example]:2022', '[hashed.example]:22', 'list-hashed', 'cut.example'],
  ...['revoked.example', '2001:db8::1', '[2001:db8::1]:2222', 'negated.only', 'other', 'last.example', 'nowhere'],
]

test('A5: every line is found for the names for which ssh-keygen finds it', () => {
  const path = scratch.write('table', CONTENT)
  const file = new KnownHostsFile(path, () => {})
  for (const name of NAMES) deepEqual(foundByUs(file, name), foundBySshKeygen(path, name), name)
  ok(foundByUs(file, 'plain.example').length >= 3)
})

test('lists of random patterns mean what ssh-keygen says they mean', () => {
  const part = fc.string({
    unit: fc.constantFrom('a', 'b', '.', '*', '?', '[', ']', ':', '2', 'A'),
    minLength: 1,
    maxLength: 6,
  })
  const pattern = fc.tuple(fc.constantFrom('', '', '', '!'), part).map((parts) => parts.join(''))
  const field = fc.array(pattern, { minLength: 1, maxLength: 4 }).map((patterns) => patterns.join(','))
  const lines = fc.sample(field, { numRuns: 400, seed: 7 }).map((hosts) => `${hosts} ${ed}`)
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '[', ']', ':', '2'), minLength: 1, maxLength: 6 })
  const path = scratch.write('random', `${lines.join('\n')}\n`)
  const file = new KnownHostsFile(path, () => {})
  let found = 0
  for (const asked of fc.sample(name, { numRuns: 60, seed: 8 })) {
    const ours = foundByUs(file, asked)
    deepEqual(ours, foundBySshKeygen(path, asked), asked)
    found += ours.length
  }
  ok(found > 500, `only ${found} matches: the patterns are too wild to prove anything`)
})

test('lines that cannot be used are named with their reason, certificate authorities among them', () => {
  const told: IgnoredLine[] = []
  const content = [
    `@cert-authority * ${ed}`,
    'x',
    '@odd x y',
    `a ssh-rsa ${ed?.split(' ')[1]}`,
    '|1|a|b c d',
    `ok ${ed}`,
  ]
  const file = new KnownHostsFile(scratch.write('bad', content.join('\n')), (lines) => told.push(...lines))
  equal(file.find('ok').length, 1)
  deepEqual(told, [
    { line: 1, why: 'certificate authorities are not supported' },
    { line: 2, why: 'cut short' },
    { line: 3, why: 'unknown marker' },
    { line: 4, why: 'not a key of the type it names' },
    { line: 5, why: 'broken hashed host name' },
  ])
})

test('a file that grows is followed, and one that is rewritten is read afresh', () => {
  const path = scratch.file('growing')
  const file = new KnownHostsFile(path, () => {})
  deepEqual(foundByUs(file, 'a'), [])
  for (const content of [
    `a ${ed}\n`,
    `a ${ed}\na ${rsa}\n`,
    `a ${ed}\na ${rsa}\nb ${ec}`,
    `a ${ed}\na ${rsa}\nb ${ec} comment\na ${ec}\n`,
    `a ${rsa}\n# padding that makes the file longer than it was, with another beginning ${'x'.repeat(900)}\na ${ed}\n`,
    '',
    `a ${ec}`,
  ]) {
    scratch.write('growing', content)
    for (const name of ['a', 'b']) deepEqual(foundByUs(file, name), foundBySshKeygen(path, name), content)
  }
})

test('a pattern made to be slow is not slow', () => {
  const file = new KnownHostsFile(scratch.write('slow', `${'*a'.repeat(60)}*b ${ed}\n`), () => {})
  const before = process.cpuUsage()
  equal(file.find('a'.repeat(255)).length, 0)
  ok(process.cpuUsage(before).user < 500_000)
})
