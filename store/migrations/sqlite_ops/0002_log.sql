-- The log of operations: every row carries the hash of the row before it.

create table log (
    seq            integer primary key,
    epoch          integer not null,
    stream         text not null,
    stream_version integer not null,
    event_id       text not null,
    command_id     text,
    kind           text not null,
    schema         integer not null,
    actor          text not null,
    src            text not null,
    cause          integer,
    corr           text,
    event_us       integer not null,
    device_us      integer,
    skew_us        integer,
    receive_us     integer not null,
    commit_us      integer not null,
    clock_us       integer not null,
    place          text,
    basis          text,
    labels         text not null,
    payload        text not null,
    sealed_digest  blob,
    prev_hash      blob not null,
    hash           blob not null
) strict;
create unique index log_by_stream on log (stream, stream_version);

-- The end of the chain: where the next event gets its number, and what tells that events were cut off.
create table log_head (
    id        integer primary key check (id = 1),
    seq       integer not null,
    epoch     integer not null,
    commit_us integer not null,
    hash      blob not null
) strict;
insert into log_head (id, seq, epoch, commit_us, hash) values (1, 0, 1, 0, zeroblob(32));

-- How many events each stream has.
create table log_stream (
    stream  text primary key,
    version integer not null
) strict, without rowid;

-- What each command was answered. One that made no event has last_seq = first_seq - 1.
create table log_command (
    id        text primary key,
    digest    blob not null,
    answer    text not null,
    first_seq integer not null,
    last_seq  integer not null
) strict;

-- What is kept beside the chain, which covers only SHA-256(salt, bytes). Erased: the row without both.
create table log_sealed (
    seq   integer primary key,
    salt  blob,
    bytes blob
) strict;

-- What the log came to at a seq, in parts, so that a large one does not keep the log waiting.
create table log_snapshot (
    id     integer primary key autoincrement,
    seq    integer not null,
    schema integer not null,
    digest blob not null,
    whole  integer not null
) strict;
create table log_snapshot_part (
    snapshot integer not null references log_snapshot (id) on delete cascade,
    part     integer not null,
    bytes    blob not null,
    primary key (snapshot, part)
) strict;

-- What belongs to one incident, in order.
create index log_corr on log (corr, seq) where corr is not null;
