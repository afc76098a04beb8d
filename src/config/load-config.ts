import { isAbsolute, join } from 'node:path'
import { InvalidInputError } from '../domain/errors.ts'
import { aboutVariable, errorAbout, isOfVariable, type Problem, warningAbout } from '../domain/problem.ts'
import type { Config, LogConfig } from './config.ts'
import { readDatabase, warnOfUnverified } from './database-config.ts'
import type { Machine } from './machine.ts'
import { type Environment, readVariables } from './read-variables.ts'
import { warnOfUnknown } from './unknown-variables.ts'
import { absolutePath } from './values.ts'
import { CREDENTIAL_VARIABLES, isPathForPem, OWN_CREDENTIALS, type Values, variable } from './variables.ts'

const MS_PER_SECOND = 1_000
const MS_PER_HOUR = 3_600_000
const BYTES_PER_MB = 1_048_576

/**
 * Judges the environment, and the defaults that the machine gives as strictly. Reads the files that it names, and nothing else of the machine.
 * Throws an InvalidInputError with every problem there is; no problem holds a secret.
 */
export function loadConfig(environment: Environment, machine: Machine): Config {
  const { values, problems } = readVariables(environment, machine)
  const stateDirectory = findStateDirectory(values, environment, machine)
  const reading = readDatabase(values, join(stateDirectory, 'rcron.db'), machine)
  const ofMachine = judgeDefaults(values, machine, problems)
  const all = [...problems, ...ofMachine, ...reading.problems, ...warnOfUnknown(environment)]
  if (all.some(({ severity }) => severity === 'error')) throw new InvalidInputError(all)
  const warnings = [...all, ...warnOfRisks(values), ...warnOfUnverified(reading.database)]
  const { database } = reading
  const settled = settle({ values: values as Values, stateDirectory, environment, machine })
  return {
    ...settled,
    // The store in a file holds every secret that is not sealed.
    ownSecretFiles: [...settled.ownSecretFiles, ...(database.kind === 'sqlite' ? [database.path] : [])],
    database,
    warnings,
  }
}

/** What the machine gives in the place of variables that are not set: it may be anything. Those that are set and wrong are reported already. */
function judgeDefaults(values: Partial<Values>, machine: Machine, told: readonly Problem[]): readonly Problem[] {
  const { timezone, hostname, home } = machine
  const faults: Problem[] = []
  const tell = (name: Defaulted, fault: string | null, hint: string) => {
    if (fault === null || values[name] !== undefined || told.some((problem) => isOfVariable(problem, name))) return
    faults.push(
      errorAbout(aboutVariable(name), `is not set, and the value of the machine cannot be used: ${fault}`, hint),
    )
  }
  const ofZone = typeof timezone === 'string' ? variable('RCRON_TIMEZONE').judge(timezone).fault : timezone.unusable
  tell('RCRON_TIMEZONE', ofZone, 'set RCRON_TIMEZONE to an IANA name such as Europe/Vienna')
  tell('RCRON_HOSTNAME', variable('RCRON_HOSTNAME').judge(hostname).fault, 'set RCRON_HOSTNAME')
  if (!isAbsolute(home))
    faults.push(errorAbout(aboutVariable('HOME'), `found ${JSON.stringify(home)}, expected an absolute path`))
  return faults
}

type Defaulted = 'RCRON_TIMEZONE' | 'RCRON_HOSTNAME'

type Settling = {
  readonly values: Values
  readonly stateDirectory: string
  readonly environment: Environment
  readonly machine: Machine
}

function settle({ values, stateDirectory, environment, machine }: Settling): Omit<Config, 'database' | 'warnings'> {
  const placed = (written: string | undefined, name: string) =>
    written === undefined ? join(stateDirectory, name) : absolutePath(written, machine)
  return {
    stateDirectory,
    lockDirectory: placed(values.RCRON_LOCK_DIR, 'locks'),
    ...findControlDirectories({ values, stateDirectory, environment, machine }),
    cache: {
      file: placed(values.RCRON_CACHE_FILE, 'cache.sealed'),
      key: values.RCRON_CACHE_KEY ?? null,
      keyFile: join(stateDirectory, 'cache.key'),
      staleMinutes: values.RCRON_CACHE_STALE_MINUTES,
      maxAgeMs: values.RCRON_CACHE_MAX_AGE_HOURS === undefined ? null : values.RCRON_CACHE_MAX_AGE_HOURS * MS_PER_HOUR,
    },
    timezone: values.RCRON_TIMEZONE ?? String(machine.timezone),
    hostname: values.RCRON_HOSTNAME ?? machine.hostname,
    hostKeys: values.RCRON_HOST_KEYS,
    knownHostsFile: placed(values.RCRON_KNOWN_HOSTS_FILE, 'known_hosts'),
    limits: {
      concurrentRuns: values.RCRON_MAX_CONCURRENT_RUNS,
      concurrentRunsPerHost: values.RCRON_MAX_CONCURRENT_RUNS_PER_HOST,
      sessionsPerConnection: values.RCRON_MAX_SESSIONS_PER_CONNECTION,
    },
    catchUpMinutes: values.RCRON_CATCH_UP_MINUTES,
    drainMs: values.RCRON_DRAIN_SECONDS * MS_PER_SECOND,
    stopRuns: values.RCRON_STOP_RUNS,
    lostAfterMs: values.RCRON_LOST_AFTER_HOURS * MS_PER_HOUR,
    history: {
      days: values.RCRON_HISTORY_DAYS,
      runs: values.RCRON_HISTORY_RUNS,
      journalBytes: values.RCRON_JOURNAL_MAX_MB * BYTES_PER_MB,
    },
    log: readLog(values, environment),
    secretsDirectory: findSecretsDirectory({ values, environment, machine }),
    ownSecretFiles: [join(stateDirectory, 'cache.key'), ...secretFilesOf(environment, machine)],
    credentialsDirectory: environment['CREDENTIALS_DIRECTORY'] || null,
  }
}

const SERVICE_CONTROL_DIRECTORY = '/run/rcron'

/** Each installation has its own: a state directory that somebody chose holds the sockets of its daemon itself. */
function findControlDirectories({
  values,
  stateDirectory,
  environment,
  machine,
}: Settling): Pick<Config, 'controlDirectory' | 'serviceControlDirectory'> {
  const [given] = environment['RUNTIME_DIRECTORY']?.split(':') ?? []
  if (given) return { controlDirectory: given, serviceControlDirectory: null }
  if (values.RCRON_STATE_DIR !== undefined) return { controlDirectory: stateDirectory, serviceControlDirectory: null }
  if (machine.uid === 0) return { controlDirectory: SERVICE_CONTROL_DIRECTORY, serviceControlDirectory: null }
  const runtime = environment['XDG_RUNTIME_DIR'] ?? ''
  const controlDirectory = isAbsolute(runtime) ? join(runtime, 'rcron') : stateDirectory
  return { controlDirectory, serviceControlDirectory: SERVICE_CONTROL_DIRECTORY }
}

/** A service is known by the state directory that systemd gives it. */
function findSecretsDirectory({ values, environment, machine }: Omit<Settling, 'stateDirectory'>): string {
  if (values.RCRON_SECRETS_DIR !== undefined) return absolutePath(values.RCRON_SECRETS_DIR, machine)
  const isService = machine.uid === 0 || Boolean(environment['STATE_DIRECTORY'])
  return isService ? '/etc/rcron/secrets' : join(machine.home, '.config/rcron/secrets')
}

/** The settings of the service, and those of the working directory, may hold secrets as well. */
function secretFilesOf(environment: Environment, machine: Machine): readonly string[] {
  const settings = ['/etc/rcron/rcron.env', join(machine.workingDirectory, '.env')]
  const handedOver = environment['CREDENTIALS_DIRECTORY'] || null
  const credentials = handedOver === null ? [] : OWN_CREDENTIALS.map((name) => join(handedOver, name))
  const named = CREDENTIAL_VARIABLES.flatMap((name) => {
    const value = environment[name] ?? ''
    return [environment[`${name}_FILE`], isPathForPem(name, value) ? value : '']
  })
  return [...settings, ...credentials, ...named.flatMap((path) => (path ? [absolutePath(path, machine)] : []))]
}

/** systemd gives a list joined by colons where a service has several; the first is the one for rcron's own. */
function findStateDirectory(values: Partial<Values>, environment: Environment, machine: Machine): string {
  if (values.RCRON_STATE_DIR !== undefined) return absolutePath(values.RCRON_STATE_DIR, machine)
  const [given] = environment['STATE_DIRECTORY']?.split(':') ?? []
  if (given) return given
  return machine.uid === 0 ? '/var/lib/rcron' : join(machine.home, '.local/state/rcron')
}

function readLog(values: Values, environment: Environment): LogConfig {
  return {
    level: values.RCRON_LOG_LEVEL,
    runs: values.RCRON_LOG_RUNS,
    format: values.RCRON_LOG_FORMAT,
    colour: readColour(environment),
    journalStream: environment['JOURNAL_STREAM'] || null,
  }
}

/** https://no-color.org and https://force-color.org: set to anything but nothing; and what Node takes for a no, is one. */
export function readColour(environment: Environment): boolean | null {
  if (environment['NO_COLOR']) return false
  const force = environment['FORCE_COLOR']
  return force ? force !== '0' && force !== 'false' : null
}

function warnOfRisks(values: Partial<Values>): readonly Problem[] {
  if (values.RCRON_HOST_KEYS !== 'off') return []
  const message = 'host keys are not checked: anyone between rcron and a host can read passwords and change commands'
  return [warningAbout(aboutVariable('RCRON_HOST_KEYS'), message, 'set it to accept-new')]
}
