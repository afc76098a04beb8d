import { deepEqual, match } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { loadConfig } from '../../src/config/load-config.ts'
import { machineTimezone } from '../../src/config/machine-timezone.ts'

const SYSTEM = '/usr/share/zoneinfo'
const ZONES = ['Europe/Berlin', 'America/Sao_Paulo', 'EST5EDT', 'Etc/UTC', 'Asia/Kolkata']
const directory = mkdtempSync(join(tmpdir(), 'rcron-zones-'))
after(() => rmSync(directory, { recursive: true }))
const database = join(directory, 'zoneinfo')
for (const zone of ZONES) {
  mkdirSync(dirname(join(database, zone)), { recursive: true })
  copyFileSync(join(SYSTEM, zone), join(database, zone))
}

/** A machine whose /etc/localtime is what `make` makes of it. */
function filesWith(name: string, make: (path: string) => void, timezone = 'none') {
  const localtime = join(directory, name)
  make(localtime)
  return { localtime, timezone: join(directory, timezone), database }
}
const none = { localtime: join(directory, 'no'), timezone: join(directory, 'none'), database }
const berlin = filesWith('link', (path) => symlinkSync(join(database, 'Europe/Berlin'), path))
const copied = filesWith('copy', (path) => copyFileSync(join(SYSTEM, 'America/Sao_Paulo'), path))
const strange = filesWith('strange', (path) => writeFileSync(path, 'TZif2, of somebody'))
const slim = { ...filesWith('slim', (path) => copyFileSync(join(SYSTEM, 'Europe/Berlin'), path)), database: '/nowhere' }

const pipe = join(directory, 'pipe')
execFileSync('mkfifo', [pipe])
const long = filesWith('long', (path) => writeFileSync(path, Buffer.alloc(100_000)))

const cases: readonly (readonly [what: string, tz: string | undefined, files: typeof none, zone: string | RegExp])[] = [
  ['a name', 'America/Sao_Paulo', berlin, 'America/Sao_Paulo'],
  ['a name after a colon', ':America/Sao_Paulo', berlin, 'America/Sao_Paulo'],
  ['nothing set', undefined, berlin, 'Europe/Berlin'],
  ['no file at all', undefined, none, 'UTC'],
  ['an empty TZ', '', berlin, 'UTC'],
  ['a colon alone', ':', berlin, 'UTC'],
  ['the file of the machine', `:${berlin.localtime}`, none, 'Europe/Berlin'],
  ['a file of the database', join(database, 'Asia/Kolkata'), none, 'Asia/Kolkata'],
  ['a copy', undefined, copied, 'America/Sao_Paulo'],
  ['hours west of Greenwich', 'UTC+3', berlin, 'Etc/GMT+3'],
  ['hours east of it', 'GMT-3', berlin, 'Etc/GMT-3'],
  ['hours without a name', '<-03>3', berlin, 'Etc/GMT+3'],
  ['no hours', 'UTC0', berlin, 'UTC'],
  ['a rule that is a name too', 'EST5EDT', berlin, 'EST5EDT'],
  ['an endless file', '/dev/zero', berlin, /TZ="\/dev\/zero" is not the name/],
  ['a pipe, which is not waited for', pipe, berlin, /is not the name/],
  ['a pipe in the place of the machine’s', undefined, { ...none, localtime: pipe }, 'UTC'],
  ['a file that is far too long for a zone', undefined, long, 'UTC'],
  ['half hours', 'IST-5:30', berlin, /TZ="IST-5:30" is not the name/],
  ['a rule', 'EST5EDT,M3.2.0,M11.1.0', berlin, /is not the name of a time zone/],
  ['a name that is written otherwise', 'europe/berlin', berlin, /is not the name/],
  ['a name that the machine does not know', 'Europe/Vienna', berlin, /is not the name/],
  [
    'a copy of what nobody knows',
    undefined,
    strange,
    /strange is a copy of a time zone file whose zone cannot be identified/,
  ],
  ['a copy where there is no database', undefined, slim, /slim is a copy of a time zone/],
  ['a name where there is no database', 'Europe/Vienna', slim, 'Europe/Vienna'],
]
for (const [what, tz, files, zone] of cases) {
  test(`the machine's zone by ${what}: ${zone}`, () => {
    const found = machineTimezone(tz, files)
    if (typeof zone === 'string') deepEqual(found, zone)
    else match(typeof found === 'string' ? found : found.unusable, zone)
  })
}

/** The offsets of a winter's and a summer's day. */
const SAMPLES = ['2027-01-15T12:00:00Z', '2027-07-15T12:00:00Z']
for (const tz of [
  '',
  'UTC0',
  'GMT-3',
  '<-03>3',
  'UTC+3',
  ':Europe/Berlin',
  'Europe/Berlin',
  'EST5EDT',
  ':/etc/localtime',
]) {
  test(`TZ=${tz} is what the C library takes it for`, () => {
    const zone = machineTimezone(tz)
    const offsets = (name: string) =>
      SAMPLES.map((time) => execFileSync('date', ['-d', time, '+%z'], { env: { TZ: name }, encoding: 'utf8' }))
    deepEqual(typeof zone === 'string' ? offsets(zone) : zone, offsets(tz))
  })
}

const machine = { hostname: 'cron.lab.example', home: '/home/x', uid: 1000, workingDirectory: '/srv' }

test('a default of the machine is judged as what is written; a setting saves the day', () => {
  const timezone = { unusable: 'TZ="IST-5:30" is not the name of a time zone' }
  const bad = { ...machine, timezone, hostname: 'a host', home: 'relative' }
  const message = (environment: Record<string, string>) => {
    try {
      return loadConfig(environment, bad).timezone
    } catch (error) {
      return String(error)
    }
  }
  const said = message({})
  match(
    said,
    /RCRON_TIMEZONE: is not set, and the value of the machine cannot be used: TZ="IST-5:30".*; set RCRON_TIMEZONE to an/,
  )
  match(said, /RCRON_HOSTNAME: is not set, and the value of the machine cannot be used: found "a host"/)
  match(said, /HOME: found "relative", expected an absolute path/)
  const set = { RCRON_TIMEZONE: 'Asia/Kolkata', RCRON_HOSTNAME: 'a' }
  deepEqual(loadConfig(set, { ...machine, timezone, hostname: 'a host' }).timezone, 'Asia/Kolkata')
})
