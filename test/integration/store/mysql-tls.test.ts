import { equal, match, rejects, throws } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { InvalidInputError } from '../../../src/domain/errors.ts'
import { StoreError } from '../../../src/store/store-error.ts'
import { makeCertificates } from '../../support/certificates.ts'
import { type Mariadb, startMariadb } from '../../support/mariadb.ts'
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

async function load(server: Mariadb, ca: string | null): Promise<readonly string[]> {
  const store = storeOn(server, { host: 'localhost', tls: { ca } })
  try {
    return (await store.planSchema()).map(({ summary }) => summary)
  } finally {
    await store.close()
  }
}

test('B4: a certificate for the host, signed by the authority that was named, is accepted', async () => {
  equal((await load(forLocalhost, forLocalhost.ca)).length, 4)
  const [row] = await forLocalhost.query("show global status like 'Ssl_finished_accepts'")
  match(String(row?.['Value']), /^[1-9]/)
})

test('B4: a certificate for another name is refused', async () => {
  await rejects(load(forAnother, forAnother.ca), isUntrusted(/certificate is not accepted \[HANDSHAKE_SSL_ERROR\]/))
})

test('B4: a certificate of another authority is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rcron-ca-'))
  const strange = readFileSync(makeCertificates(folder, 'localhost').caFile, 'utf8')
  rmSync(folder, { recursive: true })
  await rejects(load(forLocalhost, strange), isUntrusted(/certificate is not accepted/))
  await rejects(load(forLocalhost, null), isUntrusted(/certificate is not accepted/))
})

test('B4: a server that offers no TLS is refused before the login', async () => {
  await rejects(load(withoutTls, forLocalhost.ca), isUntrusted(/offers no TLS.*\[HANDSHAKE_NO_SSL_SUPPORT\]/))
  const logins = await withoutTls.query("show global status like 'Aborted_connects'")
  equal(logins[0]?.['Value'], '1')
})

for (const host of ['127.0.0.1', '::1']) {
  test(`B4: the address ${host} with TLS is an error of the configuration`, () => {
    throws(
      () => storeOn(forLocalhost, { host, tls: { ca: forLocalhost.ca } }),
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
    match(String(error.hint), /RCRON_DATABASE_SSL_CA|does not go on without it/)
    return true
  }
}
