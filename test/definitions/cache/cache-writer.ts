import { SealedDefinitionsCache } from '../../../src/definitions/cache/sealed-definitions-cache.ts'
import { SystemClock } from '../../../src/platform/system-clock.ts'
import { someDefinitions } from './crons.ts'

/** Saves over and over, until it is killed; says so as the given one of its saves begins. */
const [path = '', hexKey = '', announced = '1'] = process.argv.slice(2)
const cache = new SealedDefinitionsCache({
  path,
  hexKey,
  database: 'mysql db1/rcron',
  clock: new SystemClock(),
  databaseOf: () => undefined,
})
for (let savedAt = 1; ; savedAt += 1) {
  const saved = cache.save(someDefinitions(2_000, savedAt))
  if (savedAt === Number(announced)) process.stdout.write('writing\n')
  await saved
}
