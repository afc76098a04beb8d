import { equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { HOST } from '../support/lab.ts'
import type { Service, Since } from '../support/service.ts'

const BAD_JOBS = 20
/** Two boundaries of a minute, and a moment. */
const TWO_MINUTES_AND_MORE_MS = 135_000
/** Failures of so many logins in a row that a current sshd shuts their address out. */
const ENOUGH_TO_BE_BANNED = 8

export function oneBadSecret(service: () => Service): void {
  test(`A8: ${BAD_JOBS} jobs with one bad secret do not keep another user's job from the host`, async () => {
    const { machine } = service()
    await machine.run('useradd --create-home --shell /bin/bash others')
    await service().rcron('auth add --user others --password-stdin', 'not-the-secret\n')
    const since = await service().now()
    await machine.run(`
      for n in $(seq ${BAD_JOBS}); do
        rcron cron add --cron-name bad-$n --cron-path true --schedule '* * * * *' --host ${HOST} --user others --enabled 1
      done
      rcron cron add --cron-name good --cron-path true --schedule '* * * * *' --host ${HOST} --user jobs --enabled 1
    `)
    await service().systemctl('reload')

    const outcomesOf = (job: string) => outcomes(service(), since, job)
    await eventually(
      'the good job has run in two minutes',
      async () => (await outcomesOf('good')).length >= 2,
      TWO_MINUTES_AND_MORE_MS,
    )
    await machine.run(`
      for n in $(seq ${BAD_JOBS}); do rcron cron disable bad-$n; done
      rcron cron disable good
    `)
    await service().systemctl('reload')
    ok((await outcomesOf('good')).every((outcome) => outcome === 'succeeded'))
    for (let n = 1; n <= BAD_JOBS; n += 1) {
      const ended = await outcomesOf(`bad-${n}`)
      ok(ended.length >= 1 && ended.every((outcome) => outcome === 'refused'), `bad-${n}: ${ended}`)
    }
    const tried = await machine.run(
      `journalctl --unit=ssh --output=cat --after-cursor='${since.cursor}' --grep='Failed password for others' | sed 's/.* port //' | sort -u | wc -l`,
    )
    ok(Number(tried) >= 1 && Number(tried) <= 2, `${tried} logins were tried, expected one in each window of 60 s`)
  })

  test('A8: this sshd shuts out an address whose logins fail, if it is 9.8 or newer', async () => {
    const { machine } = service()
    const version = await machine.run('ssh -V 2>&1')
    const login = (user: string, key: string) =>
      `ssh -b 127.0.0.2 -F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i ${key} ${user}@127.0.0.1 true`
    await machine.run("ssh-keygen -q -t ed25519 -N '' -f /root/stranger")
    equal((await machine.attempt(login('jobs', '/etc/rcron/id_ed25519'))).status, 0)
    await machine.run(`for n in $(seq ${ENOUGH_TO_BE_BANNED}); do ! ${login('jobs', '/root/stranger')}; done`)
    const { status, stderr } = await machine.attempt(login('jobs', '/etc/rcron/id_ed25519'))
    if (/^OpenSSH_(9\.[0-7]p|[1-8]\.)/.test(version)) equal(status, 0)
    else match(`${status} ${stderr}`, /^255 .*(reset|closed|Not allowed)/s)
  })
}

/** How the runs of `job` ended, those included that were not tried. */
async function outcomes(service: Service, since: Since, job: string): Promise<readonly string[]> {
  return (await service.journal(since))
    .map(({ message }) => message)
    .filter((message) => message.startsWith('run ') && new RegExp(`\\bjob=${job}(\\s|$)`).test(message))
    .flatMap((message) => message.match(/\boutcome=(\S+)/)?.[1] ?? [])
}
