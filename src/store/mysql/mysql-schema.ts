import type { TableDdl } from '../sql/missing-steps.ts'

const ENGINE = 'engine = InnoDB default character set utf8mb4 collate utf8mb4_bin'

/** Who works on the database: see `daemon/row-lease.ts`. The time is for people; nobody compares it. */
export const MYSQL_LEASE_TABLE: TableDdl = {
  name: 'rcron_lease',
  create: `create table if not exists rcron_lease (
  name varchar(32) not null primary key,
  incarnation char(32) not null,
  installation char(32) not null,
  host varchar(255) not null,
  pid int not null,
  boot_id varchar(64) null,
  beat bigint not null,
  beat_at datetime not null
) ${ENGINE}`,
  added: {},
}

/** In the order in which they can be made: crons refer to the other two. */
export const MYSQL_TABLES: readonly TableDdl[] = [
  {
    name: 'rcron_auth',
    create: `create table if not exists rcron_auth (
  id int not null auto_increment primary key,
  user varchar(255) not null,
  password text not null,
  checksum varchar(64) not null,
  passphrase text null,
  hosts text null,
  unique key rcron_auth_user (user, checksum)
) ${ENGINE}`,
    added: { passphrase: 'text character set utf8mb4 null', hosts: 'text character set utf8mb4 null' },
  },
  {
    name: 'rcron_hosts',
    create: `create table if not exists rcron_hosts (
  id int not null auto_increment primary key,
  host varchar(255) not null,
  port int not null default 22,
  local_port int not null default 22,
  supervise tinyint null,
  legacy_algorithms tinyint null,
  login_timeout_s int null,
  unique key rcron_hosts_host (host, port, local_port)
) ${ENGINE}`,
    added: { supervise: 'tinyint null', legacy_algorithms: 'tinyint null', login_timeout_s: 'int null' },
  },
  {
    name: 'rcron_crons',
    // The command may be longer than an index takes, so that its digest stands for it in the unique key.
    create: `create table if not exists rcron_crons (
  id int not null auto_increment primary key,
  cron_name varchar(255) not null,
  cron_path text not null,
  cron_min varchar(255) not null default '*',
  cron_hour varchar(255) not null default '*',
  cron_dom varchar(255) not null default '*',
  cron_mon varchar(255) not null default '*',
  cron_dow varchar(255) not null default '*',
  enabled tinyint not null default 0,
  host int not null,
  user int not null,
  action tinyint not null default 0,
  last_run timestamp null default null,
  duration double(8,2) null,
  errors varchar(255) null,
  timezone varchar(64) null,
  catch_up varchar(8) null,
  latest_start_min int null,
  on_lost varchar(8) null,
  timeout_s int null,
  kill_grace_s int null,
  own_connection tinyint null,
  keep_output tinyint null,
  cron_path_digest binary(32) generated always as (unhex(sha2(cron_path, 256))) stored,
  unique key rcron_crons_cron (cron_name, cron_path_digest, host, user),
  constraint rcron_crons_host foreign key (host) references rcron_hosts (id),
  constraint rcron_crons_user foreign key (user) references rcron_auth (id)
) ${ENGINE}`,
    added: {
      timezone: 'varchar(64) character set utf8mb4 null',
      catch_up: 'varchar(8) character set utf8mb4 null',
      latest_start_min: 'int null',
      on_lost: 'varchar(8) character set utf8mb4 null',
      timeout_s: 'int null',
      kill_grace_s: 'int null',
      own_connection: 'tinyint null',
      keep_output: 'tinyint null',
    },
  },
]
