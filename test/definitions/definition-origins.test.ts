import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { DefinitionOrigins } from '../../src/definitions/definition-origins.ts'
import type { Definitions } from '../../src/domain/rows.ts'
import type { DefinitionStore } from '../../src/store/definitions/definition-store.ts'

function aStore(): DefinitionStore {
  return {
    loadDefinitions: async () => ({ definitions: { auths: [], systems: [], crons: [] }, problems: [] }),
    close: async () => undefined,
  }
}

test('definitions stay those of the database they were read from, whatever is read later', async () => {
  const origins = new DefinitionOrigins()
  const first = await origins.watch(aStore(), 'a').loadDefinitions()
  const second = await origins.watch(aStore(), 'b').loadDefinitions()
  const foreign: Definitions = { auths: [], systems: [], crons: [] }
  equal(origins.of(first.definitions), 'a')
  equal(origins.of(second.definitions), 'b')
  equal(origins.of(foreign), undefined)
})
