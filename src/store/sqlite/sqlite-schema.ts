import type { TableDdl } from '../sql/missing-steps.ts'

/** In the order in which they can be made: crons refer to the other two. */
export const SQLITE_TABLES: readonly TableDdl[] = [
  {
    name: 'rcron_auth',
    create: `create table if not exists rcron_auth (
  id integer primary key autoincrement,
  user text not null,
  password text not null,
  checksum text not null,
  passphrase text,
  hosts text,
  unique (user, checksum)
)`,
    added: { passphrase: 'text', hosts: 'text' },
  },
  {
    name: 'rcron_hosts',
    create: `create table if not exists rcron_hosts (
  id integer primary key autoincrement,
  host text not null,
  port integer not null default 22,
  local_port integer not null default 22,
  supervise integer,
  legacy_algorithms integer,
  login_timeout_s integer,
  unique (host, port, local_port)
)`,
    added: { supervise: 'integer', legacy_algorithms: 'integer', login_timeout_s: 'integer' },
  },
  {
    name: 'rcron_crons',
    create: `create table if not exists rcron_crons (
  id integer primary key autoincrement,
  cron_name text not null,
  cron_path text not null,
  cron_min text not null default '*',
  cron_hour text not null default '*',
  cron_dom text not null default '*',
  cron_mon text not null default '*',
  cron_dow text not null default '*',
  enabled integer not null default 0,
  host integer not null references rcron_hosts (id),
  user integer not null references rcron_auth (id),
  action integer not null default 0,
  last_run text,
  duration real,
  errors text,
  timezone text,
  catch_up text,
  latest_start_min integer,
  on_lost text,
  timeout_s integer,
  kill_grace_s integer,
  own_connection integer,
  keep_output integer,
  unique (cron_name, cron_path, host, user)
)`,
    added: {
      timezone: 'text',
      catch_up: 'text',
      latest_start_min: 'integer',
      on_lost: 'text',
      timeout_s: 'integer',
      kill_grace_s: 'integer',
      own_connection: 'integer',
      keep_output: 'integer',
    },
  },
]
