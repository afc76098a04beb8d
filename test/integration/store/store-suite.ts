import { deepEqual, equal, match, notEqual, rejects } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { OperatorError } from '../../../src/domain/errors.ts'
import { describeStep } from '../../../src/store/sql/schema-store.ts'
import type { SqlStore } from '../../../src/store/sql/sql-store.ts'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { aCronRow, anAuth, aSystem } from '../../support/builders.ts'
import { aPauseRow } from '../../support/pauses.ts'

/** One store with empty tables, and a way round it. */
export type StoreUnderTest = {
  readonly store: SqlStore
  /** Another store on the same database; the test closes it. */
  readonly another: () => SqlStore
  /** Runs one statement beside the store; resolves with its rows. */
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>
  readonly end: () => Promise<void>
}

/** What every store does alike. */
export function describeStore(name: string, start: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let lab: StoreUnderTest
    before(async () => {
      lab = await start()
    })
    after(() => lab.end())
    beforeEach(async () => {
      for (const table of ['rcron_crons', 'rcron_hosts', 'rcron_auth']) await lab.query(`drop table if exists ${table}`)
      const { applied, problems } = await lab.store.applySchema(await lab.store.planSchema())
      const tables = applied.map(describeStep).filter((step) => /^create table rcron_(auth|hosts|crons)$/.test(step))
      deepEqual([tables.length, problems], [3, []])
    })

    const addTwoHosts = async () => {
      const { auths, systems } = lab.store.editor
      return {
        user: await auths.add({ user: 'backup', password: 's3cret' }),
        db1: await systems.add({ host: 'db1.example' }),
        db2: await systems.add({ host: 'db2.example', port: 2222, local_port: 22 }),
      }
    }

    test('an empty store is an answer', async () => {
      deepEqual(await lab.store.loadDefinitions(), {
        definitions: { auths: [], systems: [], crons: [] },
        problems: [],
      })
    })

    test('tables that are complete need no step, and steps may be carried out twice', async () => {
      deepEqual(await lab.store.planSchema(), [])
      await lab.query('drop table rcron_crons')
      const steps = await lab.store.planSchema()
      const both = await Promise.all([lab.store.applySchema(steps), lab.store.applySchema(steps)])
      deepEqual(
        both.map(({ problems }) => problems),
        [[], []],
      )
      deepEqual(await lab.store.planSchema(), [])
    })

    test('what was added is loaded, with defaults and every character', async () => {
      const { user, db1 } = await addTwoHosts()
      const id = await lab.store.editor.crons.add({
        cron_name: 'naïve 🦔 backup',
        cron_path: `/bin/echo "${'x'.repeat(3_000)}" 'it''s' \\n 💾`,
        host: db1,
        user,
        cron_min: '*/5',
        timezone: 'Europe/Berlin',
        timeout_s: 90,
      })
      const { definitions, problems } = await lab.store.loadDefinitions()
      deepEqual(problems, [])
      deepEqual(definitions.auths, [anAuth({ id: user, user: 'backup', password: 's3cret' })])
      deepEqual(definitions.systems[0], aSystem({ id: db1, host: 'db1.example' }))
      deepEqual(definitions.crons, [
        aCronRow({
          id,
          cron_name: 'naïve 🦔 backup',
          cron_path: `/bin/echo "${'x'.repeat(3_000)}" 'it''s' \\n 💾`,
          cron_min: '*/5',
          enabled: 0,
          host: db1,
          user,
          timezone: 'Europe/Berlin',
          timeout_s: 90,
        }),
      ])
    })

    test('rows beyond a page come in order of id, each once', async () => {
      const { user, db1 } = await addTwoHosts()
      const values = Array.from({ length: 2_500 }, (_, i) => `('job${i}', '/bin/true', ${db1}, ${user})`)
      await lab.query(`insert into rcron_crons (cron_name, cron_path, host, user) values ${values.join(',')}`)
      const { crons } = (await lab.store.loadDefinitions()).definitions
      deepEqual(
        crons.map((cron) => cron.cron_name),
        Array.from({ length: 2_500 }, (_, i) => `job${i}`),
      )
    })

    test('a load sees one state, whatever is written meanwhile', async () => {
      const { user, db1 } = await addTwoHosts()
      const values = Array.from({ length: 5_000 }, (_, i) => `('job${i}', '/bin/true', ${db1}, ${user})`)
      await lab.query(`insert into rcron_crons (cron_name, cron_path, host, user) values ${values.join(',')}`)
      let loaded = false
      let written = 0
      const writing = (async () => {
        while (!loaded) {
          written += 1
          await lab.query(`insert into rcron_hosts (host) values ('new${written}')`)
          await lab.query(`insert into rcron_crons (cron_name, cron_path, host, user)
            select 'new${written}', '/bin/true', id, ${user} from rcron_hosts where host = 'new${written}'`)
          await nextTurn()
        }
      })()
      const { systems, crons } = (await lab.store.loadDefinitions()).definitions
      loaded = true
      await writing
      const known = new Set(systems.map(({ id }) => id))
      deepEqual(
        crons.filter(({ host }) => !known.has(host)),
        [],
      )
      notEqual(written, 0)
    })

    test('a run is written back, cut to its columns, and the newest stays', async () => {
      const { user, db1 } = await addTwoHosts()
      const id = await lab.store.editor.crons.add({ cron_name: 'a', cron_path: '/a', host: db1, user })
      const at = Date.UTC(2026, 2, 29, 1, 30)
      const record = { cronId: id, lastRun: at, durationMs: 61_234, errors: 'failed' }
      await Promise.all([
        lab.store.recordRun(record),
        lab.store.recordRun({ ...record, durationMs: 9e12 }),
        lab.store.recordRun({ ...record, errors: `${'💥'.repeat(300)}\ud83d` }),
      ])
      const [entry] = await lab.store.editor.crons.find('a')
      deepEqual(
        [entry?.row?.last_run, entry?.row?.duration, entry?.row?.errors],
        ['2026-03-29 01:30:00', 61.23, '💥'.repeat(255)],
      )

      await lab.store.recordRun({ cronId: id, lastRun: 9e15, durationMs: 9e12, errors: null })
      const [last] = await lab.store.editor.crons.find(String(id))
      deepEqual(
        [last?.row?.last_run, last?.row?.duration, last?.row?.errors],
        ['2038-01-19 03:14:07', 999_999.99, null],
      )
    })

    test('a record of a cron that was removed changes nothing', async () => {
      await lab.store.recordRun({ cronId: 4_711, lastRun: 0, durationMs: null, errors: 'gone' })
      deepEqual(await lab.store.editor.crons.list(), [])
    })

    test('entries are found by id, else by exact name', async () => {
      const { db1, db2 } = await addTwoHosts()
      const ids = async (reference: string) => (await lab.store.editor.systems.find(reference)).map(({ id }) => id)
      deepEqual(await ids(String(db2)), [db2])
      deepEqual(await ids('db1.example'), [db1])
      deepEqual(await ids('DB1.example'), [])
      deepEqual(await ids('4711'), [])
      deepEqual(
        (await lab.store.editor.systems.list()).map(({ name }) => name),
        ['db1.example', 'db2.example'],
      )
    })

    test('auths and systems are found by their names too, and listed among the names', async () => {
      const { user, db1, db2 } = await addTwoHosts()
      const { auths, systems, names } = lab.store.editor
      await systems.edit(db2, { name: 'second', tags: 'prod,db' })
      await auths.edit(user, { name: 'nightly' })
      const ids = async (word: string) => (await systems.find(word)).map(({ id }) => id)
      deepEqual([await ids('second'), await ids('SECOND'), await ids('db2.example')], [[db2], [], [db2]])
      deepEqual(
        (await auths.find('nightly')).map(({ id }) => id),
        [user],
      )
      // A name that is another's host means both.
      await systems.edit(db2, { name: 'db1.example' })
      deepEqual(await ids('db1.example'), [db1, db2])
      const { hosts, users } = await names()
      deepEqual(
        [hosts, users],
        [
          ['db1.example', 'db2.example'],
          ['backup', 'nightly'],
        ],
      )
    })

    test('an edit changes what it names, and the checksum follows the password', async () => {
      const { user } = await addTwoHosts()
      await lab.store.editor.auths.edit(user, { password: 'new', passphrase: 'open' })
      const [row] = await lab.query('select user, password, passphrase, checksum from rcron_auth')
      deepEqual(
        { ...row },
        {
          user: 'backup',
          password: 'new',
          passphrase: 'open',
          checksum: createHash('sha256').update('new').digest('hex'),
        },
      )
      await lab.store.editor.auths.edit(user, { passphrase: null })
      equal((await lab.store.loadDefinitions()).definitions.auths[0]?.passphrase, null)
    })

    test('an edit of a cron leaves its last run alone', async () => {
      const { user, db1 } = await addTwoHosts()
      const { crons } = lab.store.editor
      const id = await crons.add({ cron_name: 'a', cron_path: '/a', host: db1, user })
      await lab.store.recordRun({ cronId: id, lastRun: Date.UTC(2020, 0, 1), durationMs: 10, errors: null })
      await crons.edit(id, { enabled: 1 })
      const [entry] = await crons.list()
      deepEqual([entry?.row?.enabled, entry?.row?.last_run], [1, '2020-01-01 00:00:00'])
    })

    const refusals: readonly {
      readonly what: string
      readonly act: (ids: { user: number; db1: number; db2: number }) => Promise<unknown>
      readonly says: RegExp
    }[] = [
      {
        what: 'a second auth of the same user and password',
        act: () => lab.store.editor.auths.add({ user: 'backup', password: 's3cret' }),
        says: /auth \d+ already has this user and password.*use that one/s,
      },
      {
        what: 'an edit that makes two systems equal',
        act: ({ db2 }) => lab.store.editor.systems.edit(db2, { host: 'db1.example', port: 22 }),
        says: /system \d+ already has this host and ports/,
      },
      {
        what: 'a name that another system has',
        act: async ({ db1, db2 }) => {
          await lab.store.editor.systems.edit(db1, { name: 'one' })
          await lab.store.editor.systems.edit(db2, { name: 'one' })
        },
        says: /system \d+ already has this name/,
      },
      {
        what: 'a cron on a system that is not there',
        act: ({ user }) => lab.store.editor.crons.add({ cron_name: 'a', cron_path: '/a', host: 99, user }),
        says: /there is no system 99.*rcron system add/s,
      },
      {
        what: 'an edit of a row that is not there',
        act: () => lab.store.editor.crons.edit(99, { enabled: 1 }),
        says: /there is no cron 99.*rcron cron list/s,
      },
      {
        what: 'removing a system that crons use',
        act: async ({ user, db1 }) => {
          for (let i = 1; i <= 7; i += 1) {
            await lab.store.editor.crons.add({ cron_name: `job${i}`, cron_path: '/a', host: db1, user })
          }
          await lab.store.editor.systems.remove(db1)
        },
        says: /system \d+ \(db1\.example\) is still used by cron \d+ \(job1\), .*\(job5\) and 2 more.*rcron cron edit ID --host/s,
      },
    ]
    for (const { what, act, says } of refusals) {
      test(`refused: ${what}`, async () => {
        await rejects(act(await addTwoHosts()), (error: unknown) => {
          if (!(error instanceof OperatorError)) throw error
          const said = `${error.message}\n${error.hint}`
          match(said, says)
          equal(said.includes('s3cret'), false)
          return true
        })
      })
    }

    test('several rows are edited, and removed, all of them or none', async () => {
      const { db1, db2, user } = await addTwoHosts()
      const { crons, systems } = lab.store.editor
      const add = (host: number, cron_path: string) => crons.add({ cron_name: 'a', cron_path, host, user })
      const ids = [await add(db1, '/a'), await add(db2, '/a')]
      const other = await add(db2, '/b')
      const paths = async () => (await crons.list()).map(({ row }) => row?.cron_path)
      // The first row could have it, the second not.
      await rejects(crons.editAll(ids, { cron_path: '/b' }), /already has this name, path, host and user/)
      deepEqual(await paths(), ['/a', '/a', '/b'])
      await crons.editAll(ids, { cron_path: '/c' })
      deepEqual(await paths(), ['/c', '/c', '/b'])
      await rejects(crons.removeAll([other, 9_999]), /there is no cron 9999/)
      await rejects(systems.removeAll([db1, db2]), /is still used by cron/)
      await crons.removeAll([...ids, other])
      await systems.removeAll([db1, db2])
      deepEqual([await crons.list(), await systems.list()], [[], []])
    })

    test('several rows are added in their order, all of them or none', async () => {
      const { db1, db2, user } = await addTwoHosts()
      const { crons } = lab.store.editor
      const on = (host: number, cron_name = 'a') => ({ cron_name, cron_path: '/a', host, user })
      const ids = await crons.addAll([on(db2), on(db1)])
      deepEqual(
        (await crons.list()).map(({ id, row }) => [id, row?.host]),
        [
          [ids[0], db2],
          [ids[1], db1],
        ],
      )
      await rejects(crons.addAll([on(db1, 'b'), on(db2)]), /already has this name, path, host and user/)
      await rejects(crons.addAll([on(db1, 'b'), on(9_999, 'b')]), /there is no system 9999/)
      await rejects(crons.addAll([on(db1, 'b'), on(db1, 'b')]), /already has this name, path, host and user/)
      equal((await crons.list()).length, 2)
      deepEqual(await crons.addAll([]), [])
    })

    test('what nothing uses is removed', async () => {
      const { user, db1 } = await addTwoHosts()
      const { auths, systems, crons } = lab.store.editor
      const id = await crons.add({ cron_name: 'a', cron_path: '/a', host: db1, user })
      await crons.remove(id)
      await systems.remove(db1)
      await auths.remove(user)
      const { definitions } = await lab.store.loadDefinitions()
      deepEqual(
        [definitions.auths, definitions.systems.map(({ host }) => host), definitions.crons],
        [[], ['db2.example'], []],
      )
    })

    test('B8: a cron that is edited while it runs keeps its id, and the run is written to it', async () => {
      const { user, db1, db2 } = await addTwoHosts()
      const { crons } = lab.store.editor
      const id = await crons.add({ cron_name: 'a', cron_path: '/a', host: db1, user })
      await crons.edit(id, { cron_name: 'b', cron_path: '/b', host: db2, action: 3 })
      await lab.store.recordRun({ cronId: id, lastRun: 1e12, durationMs: 10, errors: 'failed' })
      const entries = await crons.list()
      deepEqual(
        entries.map(({ row }) => [row?.id, row?.cron_name, row?.cron_path, row?.host, row?.action, row?.errors]),
        [[id, 'b', '/b', db2, 3, 'failed']],
      )
    })

    test('B8: all rows deleted is an answer', async () => {
      await addTwoHosts()
      for (const table of ['rcron_hosts', 'rcron_auth']) await lab.query(`delete from ${table}`)
      deepEqual((await lab.store.loadDefinitions()).definitions, { auths: [], systems: [], crons: [] })
    })

    test('of two who change a row that both have seen, the second is told, and writes nothing', async () => {
      const { user, db1 } = await addTwoHosts()
      const { crons } = lab.store.editor
      const another = lab.another()
      const id = await crons.add({ cron_name: 'a', cron_path: '/a', host: db1, user })
      const seen = (await crons.list()).flatMap(({ row }) => row ?? [])
      await lab.store.recordRun({ cronId: id, lastRun: 1e12, durationMs: 10, errors: 'failed' })
      const both = await Promise.allSettled([
        crons.editAll([id], { cron_min: '7' }, seen),
        another.editor.crons.editAll([id], { cron_hour: '8' }, seen),
      ])
      deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      const [now] = (await crons.list()).flatMap(({ row }) => row ?? [])
      deepEqual([now?.cron_min === '7', now?.cron_hour === '8'].sort(), [false, true])
      equal(now?.errors, 'failed')

      await lab.query(`update rcron_crons set cron_path = '/by-sql' where id = ${id}`)
      await rejects(
        crons.editAll([id], { cron_dom: '9' }, now === undefined ? [] : [now]),
        /cron 1 \(a\) was changed by somebody else meanwhile: cron_path was "\/a", is "\/by-sql"; nothing was changed/,
      )
      const [last] = (await crons.list()).flatMap(({ row }) => row ?? [])
      deepEqual([last?.cron_path, last?.cron_dom], ['/by-sql', '*'])
      await crons.editAll([id], { cron_path: '/by-sql' }, last === undefined ? [] : [last])
      await another.close()
    })

    test('pauses are kept as they were written, each once, and go a month after their end', async () => {
      const day = 24 * 60 * 60_000
      const now = 100 * day
      const window = { schedule: '0 2 * * 0', minutes: 120, timezone: 'Europe/Berlin' }
      const rows = [
        aPauseRow({ id: 'a'.repeat(32), kind: 'job', subject: 'Größe \u001b "x"', since: 1, reason: 'x'.repeat(600) }),
        aPauseRow({ id: 'b'.repeat(32), since: 2, until: now + day, ...window }),
        aPauseRow({ id: 'c'.repeat(32), since: 3, until: now - 20 * day }),
        aPauseRow({ id: 'd'.repeat(32), since: 4, until: now - 40 * day }),
      ]
      await lab.store.writePauses(rows, 50 * day)
      deepEqual((await lab.store.loadDefinitions()).definitions.pauses, rows)
      const resumed = rows.slice(0, 1).map((row) => ({ ...row, until: now }))
      await lab.store.writePauses(resumed, now)
      await lab.store.writePauses(resumed, now)
      deepEqual(await lab.store.editor.pauses(), [...resumed, ...rows.slice(1, 3)])
      await lab.query('drop table rcron_pauses')
      const { definitions, problems } = await lab.store.loadDefinitions()
      equal(definitions.pauses, undefined)
      match(String(problems[0]?.message), /rcron_pauses .*: nothing can be paused/)
      await rejects(lab.store.writePauses(rows, now), /nothing can be paused/)
      await lab.store.applySchema(await lab.store.planSchema())
    })

    test('a store that was closed says so, and closing it again does nothing', async () => {
      const closed = lab.another()
      await closed.loadDefinitions()
      const asked = closed.loadDefinitions()
      const closing = closed.close()
      await asked.catch(isClosedStore)
      await closing
      await closed.close()
      for (const ask of [
        () => closed.loadDefinitions(),
        () => closed.recordRun({ cronId: 1, lastRun: 0, durationMs: null, errors: null }),
        () => closed.editor.systems.add({ host: 'x' }),
      ]) {
        await rejects(ask(), isClosedStore)
      }
    })

    test('two commands that differ after 255 characters are two crons, equal ones are not', async () => {
      const { user, db1 } = await addTwoHosts()
      const long = '/bin/echo '.padEnd(400, 'x')
      const add = (cron_path: string) => lab.store.editor.crons.add({ cron_name: 'a', cron_path, host: db1, user })
      await add(`${long}1`)
      await add(`${long}2`)
      await rejects(add(`${long}2`), /already has this name, path, host and user/)
      // The key of the table itself, for those who write to it beside us.
      await rejects(
        lab.query(
          `insert into rcron_crons (cron_name, cron_path, host, user) values ('a', '${long}1', ${db1}, ${user})`,
        ),
      )
    })
  })
}

function isClosedStore(error: unknown): boolean {
  if (!(error instanceof StoreError)) throw error
  match(error.message, /the (store|connection) has been closed/)
  return true
}
