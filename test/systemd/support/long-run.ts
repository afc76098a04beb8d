import { eventually } from './eventually.ts'
import type { Service, Since } from './service.ts'

/** A run that lasts until it is told to end. */
export type LongRun = {
  readonly id: string
  /** How often its command was begun on the host. */
  starts(): Promise<number>
  /** Lets it end, and waits until the journal tells that it succeeded: after `since`, which may lie behind. */
  end(since: Since): Promise<void>
}

const LOCKS = '/var/lib/rcron/locks/*.rcron'
const A_MINUTE_AND_MORE_MS = 75_000

/** Defines a cron for every minute, waits until its command has begun, and keeps it from firing again. */
export async function startLongRun(service: Service, name: string): Promise<LongRun> {
  const { machine } = service
  const command = `echo begun >>${name}.starts; until test -e ${name}.end; do sleep 0.2; done`
  await service.rcron(
    `cron add --cron-name ${name} --cron-path '${command}' --schedule '* * * * *' --host 1 --user 1 --enabled 1`,
  )
  await service.systemctl('reload')
  const starts = async () => Number(await machine.run(`{ cat /home/jobs/${name}.starts 2>/dev/null || true; } | wc -l`))
  try {
    await eventually('its command has begun', async () => (await starts()) > 0, A_MINUTE_AND_MORE_MS)
  } catch (error) {
    throw new Error(`${name} was not begun:\n${await service.lastLines()}`, { cause: error })
  }
  const lock = await machine.run(`grep -l '"cronName": "${name}"' ${LOCKS} | xargs cat`)
  const id = String(JSON.parse(lock).run)
  await service.rcron(`cron disable ${name}`)
  await service.systemctl('reload')
  return {
    id,
    starts,
    end: async (since) => {
      await machine.run(`touch /home/jobs/${name}.end`)
      await service.said(new RegExp(`^run ended .*\\brun=${id}\\b.* outcome=succeeded\\b`), since)
    },
  }
}
