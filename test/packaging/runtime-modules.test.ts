import { deepEqual } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import type { LockEntries } from '../../packaging/lock-file.ts'
import { modulesOf } from '../../packaging/runtime-modules.ts'

const LOCK: LockEntries = {
  '': {},
  'node_modules/a': { version: '1.0.0', dependencies: { shared: '^1', old: '^1' } },
  'node_modules/a/node_modules/old': { version: '1.0.0', dependencies: { shared: '^1', deep: '^1' } },
  'node_modules/a/node_modules/old/node_modules/deep': { version: '1.0.0' },
  'node_modules/shared': { version: '1.0.0', dependencies: { a: '^1' } },
  'node_modules/old': { version: '2.0.0' },
  'node_modules/@scope/b': { version: '1.0.0' },
  'node_modules/tool': { version: '1.0.0', dev: true },
  'node_modules/native': { version: '1.0.0', optional: true },
}

const rows: readonly { readonly program: Readonly<Record<string, string>>; readonly needs: readonly string[] }[] = [
  { program: { 'main.js': "import fs from 'node:fs'; import './other.js'; require('crypto')" }, needs: [] },
  { program: { 'main.js': 'import{x}from"@scope/b/part";export{x}' }, needs: ['node_modules/@scope/b'] },
  { program: { 'deep/er.js': "const { x } = await import('old')" }, needs: ['node_modules/old'] },
  { program: { 'main.js': "import 'tool'; try { require('native') } catch {} ; import 'unknown'" }, needs: [] },
  {
    program: { 'main.js': "export { y } from 'a'" },
    needs: [
      'node_modules/a',
      'node_modules/a/node_modules/old',
      'node_modules/a/node_modules/old/node_modules/deep',
      'node_modules/shared',
    ],
  },
]

for (const { program, needs } of rows) {
  test(`of ${Object.values(program).join()} goes along: ${needs.join(', ') || 'nothing'}`, () => {
    const dist = mkdtempSync(join(tmpdir(), 'rcron-dist-'))
    try {
      for (const [file, content] of Object.entries(program)) {
        mkdirSync(dirname(join(dist, file)), { recursive: true })
        writeFileSync(join(dist, file), content)
      }
      deepEqual(modulesOf(dist, LOCK), needs)
    } finally {
      rmSync(dist, { recursive: true })
    }
  })
}
