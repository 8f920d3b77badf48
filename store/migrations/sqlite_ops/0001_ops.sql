-- What must never be lost: who did what, who may come in, who the units are, what happened in the past.

create table audit (
    seq          integer primary key,
    at_ms        integer not null,
    clock_ms     integer not null,
    actor        text not null,
    roles        text not null,
    scope        text not null,
    action       text not null,
    purpose      text,
    object_class text not null,
    objects      text not null,
    detail       text,
    result_count integer,
    outcome      text not null,
    client       text,
    prev_hash    blob not null,
    hash         blob not null
) strict;
create index audit_actor on audit (actor, seq);

-- The end of the chain, so that rows cut off its end are missed.
create table audit_head (
    id    integer primary key check (id = 1),
    seq   integer not null,
    at_ms integer not null,
    hash  blob not null
) strict;
insert into audit_head (id, seq, at_ms, hash) values (1, 0, 0, zeroblob(32));

create table account (
    name     text primary key,
    password text not null,
    roles    text not null,
    scope    text not null,
    unit     text,
    disabled integer not null
) strict, without rowid;

create table session (
    token      blob primary key,
    account    text not null references account (name) on delete cascade,
    created_ms integer not null,
    expires_ms integer not null
) strict, without rowid;
create index session_account on session (account);
create index session_expires on session (expires_ms);

create table setting (
    name  text primary key,
    value blob not null
) strict, without rowid;

create table unit (
    id        text primary key,
    kind      text not null,
    call_sign text not null,
    org       text not null,
    division  integer,
    skills    text not null,
    duty      text not null,
    channel   text not null,
    contact   text,
    lon       real,
    lat       real,
    epoch     integer not null
) strict, without rowid;

create table incident_history (
    source_system text not null,
    number        text not null,
    kind          text not null,
    source        text not null,
    priority      integer not null,
    lon           real,
    lat           real,
    division      integer,
    reported_ms   integer not null,
    assigned_ms   integer,
    accepted_ms   integer,
    arrived_ms    integer,
    closed_ms     integer,
    primary key (source_system, number)
) strict;
create index incident_history_reported on incident_history (reported_ms, source_system, number);
