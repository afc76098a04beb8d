-- The tables as the first rcron made them, and one job of each action on two hosts. All run every minute.
create table rcron_auth (
  id int not null auto_increment primary key,
  user varchar(255) not null,
  password text not null,
  checksum varchar(64) not null,
  unique key (user, checksum)
) engine = InnoDB default charset = utf8mb4;

create table rcron_hosts (
  id int not null auto_increment primary key,
  host varchar(255) not null,
  port int not null default 22,
  local_port int not null default 22,
  unique key (host, port, local_port)
) engine = InnoDB default charset = utf8mb4;

create table rcron_crons (
  id int not null auto_increment primary key,
  cron_name varchar(255) not null,
  cron_path varchar(255) not null,
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
  unique key (cron_name, cron_path, host, user),
  foreign key (host) references rcron_hosts (id),
  foreign key (user) references rcron_auth (id)
) engine = InnoDB default charset = utf8mb4;

-- An absolute path names a key file; make-secrets made this one.
insert into rcron_auth (id, user, password, checksum) values
  (1, 'jobs', '/secrets/id_ed25519', sha2('/secrets/id_ed25519', 256));

insert into rcron_hosts (id, host) values (1, 'target-a'), (2, 'target-b');

insert into rcron_crons (cron_name, cron_path, enabled, host, user, action) values
  ('backup', 'echo no room here; exit 1', 1, 1, 1, 0), -- failover: the first host fails,
  ('backup', 'echo backed up on $(hostname)', 1, 2, 1, 0), -- so the second one is asked
  ('report', 'echo reported by $(hostname)', 1, 1, 1, 1), -- shuffle: either host
  ('report', 'echo reported by $(hostname)', 1, 2, 1, 1),
  ('uptime', 'cat /proc/uptime', 1, 1, 1, 2), -- all: both hosts at once
  ('uptime', 'cat /proc/uptime', 1, 2, 1, 2),
  ('sync', 'echo syncing; sleep 300', 1, 1, 1, 3); -- clobber: killed and begun anew each minute
