/** The tables as the first rcron had them, in the character set that its servers took by default. */
export const FIRST_RCRON_TABLES: readonly string[] = [
  `create table rcron_auth (
    id int not null auto_increment primary key,
    user varchar(255) not null,
    password text not null,
    checksum varchar(64) not null,
    unique key (user(150), checksum)
  ) engine = InnoDB default charset = latin1`,
  `create table rcron_hosts (
    id int not null auto_increment primary key,
    host varchar(255) not null,
    port int not null default 22,
    local_port int not null default 22,
    unique key (host, port, local_port)
  ) engine = InnoDB default charset = latin1`,
  `create table rcron_crons (
    id int not null auto_increment primary key,
    cron_name varchar(255),
    cron_path varchar(255),
    cron_min varchar(255) default '*',
    cron_hour varchar(255) default '*',
    cron_dom varchar(255) default '*',
    cron_mon varchar(255) default '*',
    cron_dow varchar(255) default '*',
    enabled tinyint,
    host int,
    user int,
    action tinyint default 0,
    last_run timestamp not null default current_timestamp on update current_timestamp,
    duration double(8,2) null,
    errors varchar(255) null,
    unique key (cron_name(150), cron_path, host, user),
    foreign key (host) references rcron_hosts (id),
    foreign key (user) references rcron_auth (id)
  ) engine = InnoDB default charset = latin1`,
]
