import { globSync } from 'node:fs'
import { join } from 'node:path'

/** The tree that test/mysql/provide-mysql.sh unpacked; undefined where the tests are to run against MariaDB. */
const MYSQL_TREE = process.env['RCRON_TEST_MYSQL_TREE'] || undefined

/** All in which the start of one server differs from the other's. */
export type ServerFlavour = {
  readonly name: 'mariadb' | 'mysql'
  readonly program: readonly string[]
  readonly withoutTls: readonly string[]
  readonly settings: readonly string[]
  /** Fills an empty directory of data for `owner`. */
  readonly install: (data: string, owner: string) => readonly string[]
  /** Who is root through the socket; undefined: the user of the system who runs the server. */
  readonly rootUser: string | undefined
  /** What the server is started with so that `waiting` can be asked of it. */
  readonly toSeeStatements: Readonly<Record<string, string>>
  /** Of each statement of user rcron that waits for a lock: `connection`, and `number`, which no two statements of a connection share. */
  readonly waiting: string
}

const MARIADB: ServerFlavour = {
  name: 'mariadb',
  program: ['mariadbd'],
  withoutTls: ['--skip-ssl'],
  settings: ['--innodb-log-file-size=16M', '--extra-max-connections=2'],
  install: (data, owner) => [
    'mariadb-install-db',
    '--no-defaults',
    `--user=${owner}`,
    `--datadir=${data}`,
    '--auth-root-authentication-method=socket',
    `--auth-root-socket-user=${owner}`,
    '--skip-test-db',
    '--skip-log-bin',
    '--innodb-log-file-size=16M',
  ],
  rootUser: undefined,
  toSeeStatements: {},
  waiting: `select id as connection, query_id as number from information_schema.processlist
    where user = 'rcron' and state like 'Waiting%'`,
}

/** Its libc is newer than the machine's, so that the tree's own loader runs it. */
function mysqlFlavour(tree: string): ServerFlavour {
  const [loader] = globSync(join(tree, 'usr/lib/*/ld-linux-*.so.*'))
  if (loader === undefined) throw new Error(`there is no loader in ${tree}: remove the folder to have it fetched again`)
  const program = [loader, '--library-path', join(loader, '..'), join(tree, 'usr/sbin/mysqld')]
  const settings = [
    `--basedir=${join(tree, 'usr')}`,
    `--lc-messages-dir=${join(tree, 'usr/share/mysql')}`,
    `--character-sets-dir=${join(tree, 'usr/share/mysql/charsets')}`,
    `--plugin-dir=${join(tree, 'usr/lib/mysql/plugin')}`,
    '--mysqlx=OFF',
    '--secure-file-priv=NULL',
    '--performance-schema=OFF',
    '--innodb-redo-log-capacity=16M',
  ]
  return {
    name: 'mysql',
    program,
    withoutTls: ['--tls-version=', '--auto-generate-certs=OFF'],
    settings,
    install: (data, owner) => [
      ...program,
      '--no-defaults',
      '--initialize-insecure',
      `--user=${owner}`,
      `--datadir=${data}`,
      ...settings,
    ],
    rootUser: 'root',
    toSeeStatements: { 'performance-schema': 'ON' },
    waiting: `select processlist_id as connection, event_id as number
      from performance_schema.threads join performance_schema.events_statements_current using (thread_id)
      where processlist_user = 'rcron' and processlist_state like 'Waiting%'`,
  }
}

/** MariaDB, or where `npm run test:mysql` provides it, MySQL. */
export const FLAVOUR = MYSQL_TREE === undefined ? MARIADB : mysqlFlavour(MYSQL_TREE)
