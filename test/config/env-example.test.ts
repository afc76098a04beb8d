import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { plainDefault, VARIABLE_NAMES, variable } from '../../src/config/variables.ts'

const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
const plain = text.replaceAll(/\n# /g, ' ')

test('.env.example names every variable that is read, in the order of the table, and no other', () => {
  deepEqual(
    Array.from(text.matchAll(/^#?(RCRON_\w+)=/gm), ([, name]) => name),
    VARIABLE_NAMES,
  )
})

for (const name of VARIABLE_NAMES) {
  const { unit, default: byDefault, meaning, credential } = variable(name)

  test(`.env.example explains ${name}: meaning, unit and default`, () => {
    ok(plain.includes(`${meaning} Unit: ${unit}. Default: ${byDefault}`))
    ok(text.includes(`\n#${name}=${plainDefault(name) ?? ''}\n`))
    equal(plain.includes(`from the file that ${name}_FILE names`), credential !== undefined)
  })

  test(`the default of ${name} is a value that it accepts`, () => {
    const value = plainDefault(name)
    if (value !== undefined) equal(variable(name).judge(value).fault, null)
  })
}
