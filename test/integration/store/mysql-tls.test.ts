import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { InvalidInputError } from '../../../src/domain/errors.ts'
import type { MysqlStoreOptions } from '../../../src/store/mysql/mysql-options.ts'
import { MYSQL_SETS } from '../../../src/store/mysql/mysql-schema.ts'
import { describeStep } from '../../../src/store/sql/schema-store.ts'
import { StoreError } from '../../../src/store/sql/store-error.ts'
import { type CertificateFlaw, makeCertificates } from '../../support/certificates.ts'
import { type Mariadb, startMariadb } from '../../support/mariadb.ts'
import { startPasswordThief, type Theft } from './password-thief.ts'
import { storeOn } from './store-on.ts'

let forLocalhost: Mariadb
let forAnother: Mariadb
let withoutTls: Mariadb
before(async () => {
  forLocalhost = await startMariadb({ certificateFor: 'localhost', variables: { require_secure_transport: 1 } })
  forAnother = await startMariadb({ certificateFor: 'db.example' })
  withoutTls = await startMariadb()
})
after(() => Promise.all([forLocalhost, forAnother, withoutTls].map((server) => server.stop())))

const verifiedBy = (ca: string | null) => ({ isRequired: true, isVerified: true, ca })
const PREFERRED = { isRequired: false, isVerified: false, ca: null }

function load(server: Mariadb, ca: string | null): Promise<readonly string[]> {
  return ask(server, { host: 'localhost', tls: verifiedBy(ca) })
}

async function ask(server: Pick<Mariadb, 'port'>, options: Partial<MysqlStoreOptions>): Promise<readonly string[]> {
  const store = storeOn(forLocalhost, { port: server.port, ...options })
  try {
    return (await store.planSchema()).map(describeStep)
  } finally {
    await store.close()
  }
}

/** Those of definitions, the lease and history. */
const TABLES = MYSQL_SETS.flatMap(({ tables }) => tables).length

test('B4: a certificate for the host, signed by the authority that was named, is accepted', async () => {
  equal((await load(forLocalhost, forLocalhost.ca)).length, TABLES)
  const [row] = await forLocalhost.query("show global status like 'Ssl_finished_accepts'")
  match(String(row?.['Value']), /^[1-9]/)
})

test('B4: a certificate for another name is refused', async () => {
  await rejects(
    load(forAnother, forAnother.ca),
    isUntrusted(/certificate is not accepted: it is for DNS:db\.example, not for localhost \[HANDSHAKE_SSL_ERROR\]/),
  )
})

test('B4: a certificate of another authority is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rcron-ca-'))
  const strange = readFileSync(makeCertificates(folder, 'localhost').caFile, 'utf8')
  rmSync(folder, { recursive: true })
  await rejects(
    load(forLocalhost, strange),
    isUntrusted(/certificate is not accepted: it is not signed by the given authority/),
  )
  await rejects(
    load(forLocalhost, null),
    isUntrusted(/certificate is not accepted: it is not signed by the given authority/),
  )
})

const flawed: readonly {
  readonly flaw: CertificateFlaw
  readonly name: string
  readonly says: RegExp
}[] = [
  {
    flaw: 'expired',
    name: 'localhost',
    says: /not accepted: it has expired \[.*\] renew it on the server, and compare the clocks of both machines/,
  },
  {
    flaw: 'self-signed',
    name: 'localhost',
    says: /not accepted: it is not signed by the given authority \[.*\] give RCRON_DATABASE_SSL_CA the authority that signed it/,
  },
  {
    flaw: 'nameless',
    name: 'MySQL_Server_9.7.0_Auto_Generated_Server_Certificate',
    says: /not accepted: it carries no host name \[.*\] the certificates that MySQL generates carry no host name.*give the server one for its name/,
  },
]
for (const { flaw, name, says } of flawed) {
  test(`B4: a certificate that is ${flaw} is refused with its cause and what to do, each time after one handshake`, async (t) => {
    const server = await startMariadb({ certificateFor: name, certificateFlaw: flaw })
    t.after(() => server.stop())
    const handshakes = async () => Number((await server.query("show global status like 'Connections'"))[0]?.['Value'])
    const before = await handshakes()
    for (let asked = 0; asked < 2; asked += 1) {
      await rejects(load(server, server.ca), (error: unknown) => {
        if (!(error instanceof StoreError)) throw error
        match(`${error.message} ${error.hint}`, says)
        return true
      })
    }
    // One of them is the question itself.
    equal((await handshakes()) - before, 3)
    equal((await ask(server, { tls: PREFERRED })).length, TABLES, 'and unverified it is as good as any')
  })
}

test('B4: a server that offers no TLS is refused before the login', async () => {
  await rejects(load(withoutTls, forLocalhost.ca), isUntrusted(/offers no TLS.*\[HANDSHAKE_NO_SSL_SUPPORT\]/))
  const logins = await withoutTls.query("show global status like 'Aborted_connects'")
  equal(logins[0]?.['Value'], '1')
})

test('B4: with prefer a connection is encrypted where the server offers it, unverified, by name or address', async () => {
  for (const host of ['localhost', '127.0.0.1']) equal((await ask(forAnother, { host, tls: PREFERRED })).length, TABLES)
  equal((await ask(forLocalhost, { tls: PREFERRED })).length, TABLES, 'which takes nothing else')
})

test('B4: with prefer a server without TLS is used as it is, with require it is refused; off where TLS is demanded says so', async () => {
  equal((await ask(withoutTls, { tls: PREFERRED })).length, TABLES)
  await rejects(ask(withoutTls, { tls: { ...PREFERRED, isRequired: true } }), isUntrusted(/offers no TLS/))
  await rejects(ask(forLocalhost, { tls: null }), (error: unknown) => {
    if (!(error instanceof StoreError)) throw error
    // MySQL has a number for it, 3159; MariaDB denies access.
    match(`${error.message} ${error.hint}`, /only accepts encrypted connections/)
    return true
  })
})

/** An address of this machine that does not look like one. */
const BEYOND = '0.0.0.0'

const thieves: readonly { readonly asks: Theft; readonly says: RegExp }[] = [
  { asks: 'whole', says: /asks for the password without encryption/ },
  { asks: 'sha256', says: /asks for the password without encryption/ },
  { asks: 'clear', says: /asks for the password in clear text/ },
  { asks: 'dialog', says: /requires a login method that rcron does not support/ },
]
for (const { asks, says } of thieves) {
  test(`B4: a server beyond this machine that offers no TLS and asks for the password (${asks}) does not get it`, async (t) => {
    const thief = await startPasswordThief(asks)
    t.after(() => thief.close())
    const answer = ask(thief, { host: BEYOND, tls: PREFERRED })
    await rejects(answer, (error: unknown) => {
      if (!(error instanceof StoreError)) throw error
      match(error.message, says)
      return true
    })
    equal(thief.passwords().length, 0)
  })
}

test('B4: with off, and on this machine, a server that does not know the password by its digest is given it', async (t) => {
  for (const options of [{ host: BEYOND, tls: null }, { tls: PREFERRED }]) {
    const thief = await startPasswordThief('whole')
    t.after(() => thief.close())
    await rejects(ask(thief, options), /access denied/)
    deepEqual(thief.passwords(), [forLocalhost.password])
  }
})

for (const host of ['127.0.0.1', '::1']) {
  test(`B4: the address ${host} with TLS is an error of the configuration`, () => {
    throws(
      () => storeOn(forLocalhost, { host, tls: verifiedBy(forLocalhost.ca) }),
      (error: unknown) => {
        if (!(error instanceof InvalidInputError)) throw error
        match(
          error.message,
          new RegExp(`RCRON_DATABASE_URL, host: found the address ${host} together with TLS, expected`),
        )
        return true
      },
    )
  })
}

function isUntrusted(says: RegExp): (error: unknown) => boolean {
  return (error) => {
    if (!(error instanceof StoreError)) throw error
    match(error.message, says)
    match(String(error.hint), /RCRON_DATABASE_(SSL_CA|URL|TLS)|does not continue without it/)
    return true
  }
}
