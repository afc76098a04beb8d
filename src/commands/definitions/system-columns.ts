import { LONGEST_LOGIN_S } from '../../definitions/judge/judge-system.ts'
import { type Column, flag, text, wholeNumber } from './column.ts'

const port = wholeNumber(1, 65_535)

export const SYSTEM_COLUMNS: readonly Column[] = [
  { name: 'host', value: '<name>', help: 'name or address of the host', parse: text },
  { name: 'port', value: '<port>', help: 'port to connect to (default 22)', parse: port },
  {
    name: 'local_port',
    value: '<port>',
    help: 'port used instead when rcron and the host are in the same domain (default 22)',
    parse: port,
  },
  {
    name: 'supervise',
    value: '<0|1>',
    help: '0 for a host without a POSIX shell: its runs cannot be found again (default 1)',
    parse: flag,
  },
  {
    name: 'legacy_algorithms',
    value: '<0|1>',
    help: '1 allows algorithms that OpenSSH no longer offers (default 0)',
    parse: flag,
  },
  {
    name: 'login_timeout_s',
    value: '<seconds>',
    help: 'how long the SSH handshake and the login may take (default 20)',
    parse: wholeNumber(1, LONGEST_LOGIN_S),
  },
]
