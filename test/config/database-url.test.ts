import { deepEqual, ok, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseUrlError, parseDatabaseUrl } from '../../src/config/database-url.ts'

const mysql = { kind: 'mysql', user: 'u', password: 'p', host: 'db', port: 3306, database: 'd' }

const GOOD = [
  ['mysql://u:p@db:3306/d', mysql, 'all parts'],
  ['mysql://u:p@db/d', mysql, 'the port is 3306 where none is given'],
  ['mysql://u@db/d', { ...mysql, password: null }, 'no password is not an empty one'],
  ['mysql://u:@db/d', { ...mysql, password: '' }, 'an empty password is one'],
  [
    'mysql://u%40x:p%2F%3A%3F%23%25@db/d%20e',
    { ...mysql, user: 'u@x', password: 'p/:?#%', database: 'd e' },
    'percent-encoding',
  ],
  ['mysql://u:%C3%A4@db/d', { ...mysql, password: 'ä' }, 'UTF-8 beneath percent-encoding'],
  ['mysql://u:p@[::1]:33060/d', { ...mysql, host: '::1', port: 33060 }, 'an IPv6 address'],
  ['mysql://u:p@db.sock.example/d', { ...mysql, host: 'db.sock.example' }, 'a name with the word in it'],
  ['mysql://u:p@10.0.0.1:1/d', { ...mysql, host: '10.0.0.1', port: 1 }, 'an IPv4 address'],
  ['sqlite:rcron.db', { kind: 'sqlite', path: 'rcron.db' }, 'a relative path'],
  [
    'sqlite:///var/lib/x.db',
    { kind: 'sqlite', path: '/var/lib/x.db' },
    'an absolute path after a host that is left out',
  ],
  ['sqlite:////var/lib/x.db', { kind: 'sqlite', path: '/var/lib/x.db' }, 'slashes at the beginning count as one'],
  ['sqlite:/var/lib/a b?.db', { kind: 'sqlite', path: '/var/lib/a b?.db' }, 'a path is taken as it is'],
] as const

for (const [url, expected, sentence] of GOOD) {
  test(`${sentence}: ${url}`, () => deepEqual(parseDatabaseUrl(url), expected))
}

const BAD = [
  ['', /expected mysql:\/\/user/],
  ['postgres://u:s3cret@db/d', /expected mysql:\/\/user/],
  ['mysql:u:s3cret@db/d', /expected mysql:\/\/user/],
  ['mysql://u:s3cret@db', /no database name/],
  ['mysql://u:s3cret@db/', /no database name/],
  ['mysql://u:s3cret@db/d/e', /no database name/],
  ['mysql://u:s3cret@db/d?ssl=false', /expected no options/],
  ['mysql://u:s3cret?@db/d', /%3F/],
  ['mysql://u:s3cret#@db/d', /%23/],
  ['mysql://u:s3cret@x@db/d', /@ as %40/],
  ['mysql://u:s3cret:x@db/d', /: as %3A/],
  ['mysql://u:s3cret/x@db/d', /%2F/],
  ['mysql://u:s3cret%zz@db/d', /%25/],
  ['mysql://u:s3cret@::1/d', /\[::1\]/],
  ['mysql://u:s3cret@db:0/d', /1 to 65535/],
  ['mysql://u:s3cret@db:65536/d', /1 to 65535/],
  ['mysql://u:s3cret@db:port/d', /1 to 65535/],
  ['mysql://:s3cret@db/d', /no user/],
  ['mysql://db/d', /no user/],
  ['mysql://u:s3cret@/d', /no host/],
  ['mysql://u:s3cret@localhost/d?socket=/run/mysqld/mysqld.sock', /path of a socket.*127\.0\.0\.1:3306/],
  ['mysql://u:s3cret@localhost/d?socketPath=/x', /path of a socket/],
  ['mysql://u:s3cret@localhost/d?unix_socket=/x', /path of a socket/],
  ['mysql://u:s3cret@%2Frun%2Fmysqld%2Fmysqld.sock/d', /path of a socket/],
  ['mysql://u:s3cret@/run/mysqld/mysqld.sock/d', /path of a socket/],
  ['mysql://u:s3cret@localhost:/run/mysqld/mysqld.sock/d', /path of a socket/],
  ['sqlite:', /no file/],
  ['sqlite:/', /no file/],
  ['sqlite:///', /no file/],
  ['sqlite://s3cret/x', /sqlite:\/\/\/path for an absolute path, sqlite:path for a relative one/],
  ['sqlite::memory:', /no file/],
] as const

for (const [url, expected] of BAD) {
  test(`refused with ${expected}, and without the password: ${url}`, () => {
    throws(
      () => parseDatabaseUrl(url),
      (error) => {
        ok(error instanceof DatabaseUrlError)
        ok(expected.test(error.message), error.message)
        ok(!error.message.includes('s3cret'), error.message)
        return true
      },
    )
  })
}
