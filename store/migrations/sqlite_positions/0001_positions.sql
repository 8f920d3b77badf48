-- Where units were, as they said so.

create table fix (
    id       integer primary key,
    unit     text not null,
    at_ms    integer not null,
    recv_ms  integer not null,
    lon      real not null,
    lat      real not null,
    accuracy real,
    speed    real,
    heading  real,
    label    text not null,
    obs      text
) strict;
create index fix_unit on fix (unit, at_ms);
create index fix_recv on fix (recv_ms);

-- The newest fix that moves each unit, so that a start need not look for it among days of track.
create table latest_fix (
    unit     text primary key,
    at_ms    integer not null,
    recv_ms  integer not null,
    lon      real not null,
    lat      real not null,
    accuracy real,
    speed    real,
    heading  real
) strict, without rowid;
