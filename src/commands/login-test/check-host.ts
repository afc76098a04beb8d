import { randomBytes } from 'node:crypto'
import type { SystemRow } from '../../domain/rows.ts'
import { parseSurveyAnswer } from '../../execution/remote/survey.ts'
import { surveyCommand } from '../../execution/remote/verbs.ts'
import type { Access } from '../../hosts/target.ts'
import type { Login } from '../../hosts/transport.ts'
import { type AskParts, askHost, describeUnexpectedEnd } from './ask-host.ts'
import { describeSurvey } from './describe-survey.ts'
import type { Failure } from './login-failure.ts'
import { degraded, good, type HostCheck } from './login-report.ts'
import { type TrialParts, trySupervision } from './supervised-trial.ts'

/** What was looked at on a host that lets rcron in and runs commands; `failure` where its runs would not work. */
export type HostChecks = { readonly checks: readonly HostCheck[]; readonly failure: Failure | null }

/** Looks at what the runs of one login depend on, one thing after the other, each within its deadline. Never rejects. */
export async function checkHost(access: Access, login: Login, parts: TrialParts): Promise<HostChecks> {
  const { system } = access
  const supervision = system.supervise === 0 ? UNSUPERVISED : await checkSupervision(access, login, parts)
  const algorithms = await tryModern(system, login, parts)
  return { checks: [...supervision.checks, algorithms], failure: supervision.failure }
}

const UNSUPERVISED: HostChecks = {
  checks: [
    degraded(
      'supervised',
      'off',
      'its runs are not supervised, since supervise = 0 (shell, spool, processes and scope are not checked): a run is ended by ' +
        'closing its session, and is lost if its connection breaks or rcron restarts',
    ),
  ],
  failure: null,
}

async function checkSupervision(access: Access, login: Login, parts: TrialParts): Promise<HostChecks> {
  const remedy = `set supervise = 0: rcron system edit ${access.system.id} --supervise 0`
  const id = randomBytes(16).toString('hex')
  const asked = await askHost(login, surveyCommand(id), parts)
  const survey = asked.kind === 'ended' ? parseSurveyAnswer(asked.stdout, id) : null
  if (survey === null) {
    const why = asked.kind === 'ended' ? describeUnexpectedEnd(asked) : asked.answer.reason
    return {
      checks: [NOT_SUPERVISED],
      failure: { reason: `logged in, but no POSIX shell answered at /bin/sh: ${why}`, remedy },
    }
  }
  const trial = await trySupervision(access, login, parts)
  const checks = describeSurvey(survey)
  if (trial.kind === 'failed') {
    return {
      checks: [NOT_SUPERVISED, ...checks],
      failure: { reason: `logged in, but a supervised run did not work: ${trial.reason}`, remedy },
    }
  }
  // Where there is no spool, that says it all.
  const isForgotten = survey.spool !== 'none' && !trial.isKept
  return { checks: [isForgotten ? FORGETFUL : good('supervised', 'yes'), ...checks], failure: null }
}

const NOT_SUPERVISED: HostCheck = { name: 'supervised', verdict: 'degraded', found: 'no', consequence: null }

const FORGETFUL = degraded(
  'supervised',
  'forgetful',
  'a run worked, but its host could not report its end a second time: a run whose connection breaks may end as lost; check whether ' +
    'something empties the spool',
)

/** Whether the algorithms of long ago that the system allows are needed: tried by a login without them. Never rejects. */
async function tryModern(system: SystemRow, login: Login, parts: AskParts): Promise<HostCheck> {
  if (system.legacy_algorithms !== 1) return good('algorithms', 'modern')
  const modern = { ...login, target: { ...login.target, legacyAlgorithms: false } }
  const asked = await askHost(modern, 'exit 0', parts)
  if (asked.kind === 'ended') {
    const consequence = `legacy_algorithms = 1 is not needed: "rcron system edit ${system.id} --legacy-algorithms 0"`
    return degraded('algorithms', 'modern (legacy allowed)', consequence)
  }
  const consequence = `it needs algorithms that OpenSSH dropped as too weak: update its sshd (${asked.answer.reason})`
  return degraded('algorithms', 'legacy', consequence)
}
