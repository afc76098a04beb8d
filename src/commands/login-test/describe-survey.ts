import type { HostSurvey } from '../../execution/remote/survey.ts'
import { degraded, good, type HostCheck } from './login-report.ts'

/** What a host has of what the supervision of runs needs: shell, spool, processes, scope. */
export function describeSurvey({
  shell,
  loginShell,
  spool,
  processes,
  scope,
  killsAtSessionEnd,
}: HostSurvey): readonly HostCheck[] {
  const shells = [shell ?? 'sh', loginShell?.split('/').at(-1)].filter(Boolean)
  const lacking = killsAtSessionEnd ? [KILLED_AT_SESSION_END] : []
  return [good('shell', shells.join(', ')), SPOOLS[spool], PROCESSES[processes], SCOPES[scope], ...lacking]
}

const KILLED_AT_SESSION_END = degraded(
  'session end',
  'kills',
  'its logind has KillUserProcesses=yes: a run is killed when its connection breaks or rcron restarts; let ' +
    'runs leave their session (loginctl enable-linger for the account, and a bus for its systemd, as dbus-user-session gives it), or add ' +
    'the account to KillExcludeUsers= in /etc/systemd/logind.conf and restart systemd-logind',
)

const SPOOLS: Readonly<Record<HostSurvey['spool'], HostCheck>> = {
  home: good('spool', 'home'),
  tmp: degraded(
    'spool',
    '/var/tmp',
    "nothing can be written below its home: runs are claimed in /var/tmp instead, where the host's clean-up may remove a claim; " +
      'check the permissions of the home and its free space',
  ),
  none: degraded(
    'spool',
    'none',
    'no claim can be written, neither below its home nor in /var/tmp: a run could be started twice, and a run whose ' +
      'connection breaks ends as lost; make one of them writable',
  ),
}

const PROCESSES: Readonly<Record<HostSurvey['processes'], HostCheck>> = {
  proc: good('processes', '/proc'),
  ps: degraded('processes', 'ps', 'it has no /proc: processes are looked for with ps, which takes longer'),
  none: degraded(
    'processes',
    'none',
    'neither /proc nor ps shows its processes: a kill cannot be confirmed, so a clobber stays blocked; mount /proc, or install ps',
  ),
}

const SCOPES: Readonly<Record<HostSurvey['scope'], HostCheck>> = {
  readable: good('scope', 'systemd'),
  unreadable: degraded(
    'scope',
    'hidden',
    'the list of processes of its session scope cannot be read: a kill misses a process that has left both its session and its ' +
      'environment (env -i setsid), also with own_connection',
  ),
  none: degraded(
    'scope',
    'none',
    'its sessions have no systemd scope: a kill misses a process that has left both its session and its environment ' +
      '(env -i setsid), also with own_connection; where there is systemd, UsePAM yes and pam_systemd give one',
  ),
}
