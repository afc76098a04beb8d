import { equal, match } from 'node:assert/strict'
import { chmodSync, chownSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  describeDistrust,
  distrustOf,
  distrustOfDirectory,
  distrustOfWay,
} from '../../../src/platform/files/path-trust.ts'

const root = mkdtempSync(join(tmpdir(), 'rcron-trust-'))
after(() => rmSync(root, { recursive: true }))
const STRANGER = 65_534
const isRoot = process.getuid?.() === 0
const skip = isRoot ? false : 'only root can make files of others'

/** Below a directory of its own; the last name is the one asked for. */
const cases: readonly (readonly [what: string, make: (at: string) => string, found: string | null])[] = [
  ['a directory of our own', (at) => made(join(at, 'own'), 0o755), null],
  ['what is not there', (at) => join(at, 'none', 'deeper'), null],
  ['a parent that all may write', (at) => join(made(join(at, 'all'), 0o777), 'file'), 'open'],
  [
    'a parent that a group of strangers may write',
    (at) => join(grouped(made(join(at, 'group'), 0o775)), 'file'),
    'open',
  ],
  ['a sticky parent, as /tmp', (at) => join(made(join(at, 'sticky'), 0o1777), 'file'), null],
  ["a stranger's directory", (at) => given(made(join(at, 'his'), 0o755)), 'owner'],
  ["below a stranger's directory", (at) => made(join(given(made(join(at, 'his'), 0o755)), 'ours'), 0o700), 'owner'],
  ["a stranger's link in a sticky parent", (at) => link(at, 'sticky', true), 'owner'],
  ['a link of our own', (at) => link(at, 'sticky', false), null],
  ['a relative link that leads through an open directory', (at) => relativeLink(at), 'open'],
  ['a file that others may write', (at) => written(join(at, 'file'), 0o666), 'open'],
  ['a circle of links, which whoever opens it finds out', (at) => circle(at), null],
]
for (const [index, [what, make, found]] of cases.entries()) {
  test(`F7: ${what} is ${found === null ? 'trusted' : 'not trusted'}`, { skip }, () => {
    equal(distrustOf(make(made(join(root, String(index)), 0o755)))?.why ?? null, found)
  })
}

test('a sticky directory that all may write is no directory of our own', () => {
  const path = made(join(root, 'shared'), 0o1777)
  equal(distrustOf(path), null)
  const distrust = distrustOfDirectory(path)
  match(distrust === null ? '' : describeDistrust(distrust), /can be written by others \(mode 1777\)/)
})

const ways: readonly (readonly [what: string, make: (at: string) => string, found: string | null])[] = [
  [
    "a stranger's directory in one of ours, which nobody else can replace",
    (at) => given(made(join(at, 'his'), 0o755)),
    null,
  ],
  [
    "a stranger's directory in a sticky one, which its owner can replace",
    (at) => given(made(join(made(join(at, 'all'), 0o1777), 'his'), 0o755)),
    'owner',
  ],
  ["a stranger's link", (at) => link(at, 'sticky', true), 'owner'],
  ["a directory below a stranger's", (at) => made(join(given(made(join(at, 'his'), 0o755)), 'ours'), 0o700), 'owner'],
  ['what is not there', (at) => join(at, 'none'), null],
]
for (const [index, [what, make, found]] of ways.entries()) {
  test(`F7: the way to ${what} is ${found === null ? 'trusted' : 'not trusted'}`, { skip }, () => {
    equal(distrustOfWay(make(made(join(root, `way-${index}`), 0o755)))?.why ?? null, found)
  })
}

test('the group that each user has alone may write', () => {
  const path = made(join(root, 'private-group'), 0o775)
  chownSync(path, process.getuid?.() ?? 0, process.getgid?.() ?? 0)
  equal(distrustOfDirectory(path), null)
})

function made(path: string, mode: number): string {
  mkdirSync(path)
  chmodSync(path, mode)
  return path
}

function given(path: string): string {
  chownSync(path, STRANGER, STRANGER)
  return path
}

function grouped(path: string): string {
  chownSync(path, process.getuid?.() ?? 0, STRANGER)
  return path
}

function written(path: string, mode: number): string {
  writeFileSync(path, '')
  chmodSync(path, mode)
  return path
}

function link(at: string, sticky: string, isForeign: boolean): string {
  const target = made(join(at, 'target'), 0o700)
  const path = join(made(join(at, sticky), 0o1777), 'link')
  symlinkSync(target, path)
  if (isForeign) lchownSync(path, STRANGER, STRANGER)
  return path
}

function relativeLink(at: string): string {
  made(join(made(join(at, 'open'), 0o777), 'deep'), 0o700)
  symlinkSync('open/./deep', join(at, 'link'))
  return join(at, 'link', 'file')
}

function circle(at: string): string {
  symlinkSync(join(at, 'b'), join(at, 'a'))
  symlinkSync(join(at, 'a'), join(at, 'b'))
  return join(at, 'a')
}
