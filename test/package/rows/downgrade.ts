import { equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { debianVersion } from '../../../packaging/release.ts'
import type { Installed } from '../support/installed.ts'

const STATE = '/var/lib/rcron'
const ROWS: readonly { readonly what: string; readonly file: string; readonly make: string }[] = [
  {
    what: 'the mark of planned minutes',
    file: `${STATE}/minute-mark.json`,
    make: 'echo \'{"format":"rcron-mark-2"}\'',
  },
  {
    what: 'the locks of active runs',
    file: `${STATE}/locks/ab.rcron`,
    make: 'printf \'{\\n  "format": "rcron-lock-7",\\n\'',
  },
  {
    what: 'the ledger of begun firings',
    file: `${STATE}/firings-0.begun`,
    make: 'echo \'{"format":"rcron-firings-2"}\'',
  },
  {
    what: 'the records that wait for the database',
    file: `${STATE}/run-records.db`,
    make: "head -c 60 /dev/zero; printf '\\000\\000\\000\\002'",
  },
]

export function downgradeRows(at: () => Installed): void {
  test('a downgrade between versions that read the same state keeps all of it', async () => {
    const { service, packages } = at()
    await at().apt(packages.second)
    await service.rcron('system add --host kept.example')
    await at().apt(packages.first)
    equal(await at().version(), debianVersion(packages.first))
    equal(await service.property('ActiveState'), 'active')
    match(await service.rcron('system list'), /kept\.example/)
  })

  for (const { what, file, make } of ROWS) {
    test(`a downgrade is refused where ${what} would not be read, and the newer one works on`, async () => {
      const { service, machine, packages } = at()
      await at().apt(packages.second)
      const pid = await service.mainPid()
      await machine.run(
        `test ! -e ${file} || cp -p ${file} /run/aside; { ${make}; } >${file}.new; mv ${file}.new ${file}`,
      )
      const { status, stdout } = await at().attemptApt(packages.first)
      await machine.run(`rm ${file}; test ! -e /run/aside || mv /run/aside ${file}`)
      equal(status, 100)
      match(stdout, new RegExp(`cannot go on from ${what}.*found format [27], .*reads up to 1\\.`))
      match(stdout, /If that is moved away first, /)
      equal(await at().status(), 'installed')
      equal(await at().version(), debianVersion(packages.second))
      equal(await service.mainPid(), pid)
    })
  }

  test('a cache that would not be read is told, and no reason to refuse', async () => {
    const { machine, packages } = at()
    await machine.run(
      `cp -p ${STATE}/cache.sealed /run/aside; printf 'RCRONCACHE\\n\\000\\000\\000\\000\\002' >${STATE}/cache.sealed`,
    )
    const said = await at().apt(packages.first)
    match(said, /does not read the cache of a newer rcron: the definitions come from the database/)
    await machine.run(`mv /run/aside ${STATE}/cache.sealed; systemctl restart rcron`)
  })
}
