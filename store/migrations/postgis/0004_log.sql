-- The log of operations: every row carries the hash of the row before it.

create table log (
    seq            bigint primary key,
    epoch          bigint not null,
    stream         text collate "C" not null,
    stream_version bigint not null,
    event_id       text collate "C" not null,
    command_id     text collate "C",
    kind           text collate "C" not null,
    schema         bigint not null,
    actor          text not null,
    src            text not null,
    cause          bigint,
    corr           text,
    event_us       bigint not null,
    device_us      bigint,
    skew_us        bigint,
    receive_us     bigint not null,
    commit_us      bigint not null,
    clock_us       bigint not null,
    place          text,
    basis          text,
    labels         text not null,
    payload        text not null,
    sealed_digest  bytea,
    prev_hash      bytea not null,
    hash           bytea not null
);
create unique index log_by_stream on log (stream, stream_version);

-- The end of the chain: locked by every writer until its commit. The next event gets its number here and not from a
-- sequence, which would leave gaps and commit out of order.
create table log_head (
    id        smallint primary key check (id = 1),
    seq       bigint not null,
    epoch     bigint not null,
    commit_us bigint not null,
    hash      bytea not null
) with (fillfactor = 50);
insert into log_head (id, seq, epoch, commit_us, hash) values (1, 0, 1, 0, decode(repeat('00', 32), 'hex'));

-- How many events each stream has. Half-empty pages let most updates stay in their page.
create table log_stream (
    stream  text collate "C" primary key,
    version bigint not null
) with (fillfactor = 50);

-- What each command was answered. One that made no event has last_seq = first_seq - 1.
create table log_command (
    id        text collate "C" primary key,
    digest    bytea not null,
    answer    text not null,
    first_seq bigint not null,
    last_seq  bigint not null
);

-- What is kept beside the chain, which covers only SHA-256(salt, bytes). Erased: the row without both.
create table log_sealed (
    seq   bigint primary key,
    salt  bytea,
    bytes bytea
);

-- What the log came to at a seq, in parts.
create table log_snapshot (
    id     bigint generated always as identity primary key,
    seq    bigint not null,
    schema bigint not null,
    digest bytea not null,
    whole  bigint not null
);
create table log_snapshot_part (
    snapshot bigint not null references log_snapshot (id) on delete cascade,
    part     bigint not null,
    bytes    bytea not null,
    primary key (snapshot, part)
);

-- What belongs to one incident, in order.
create index log_corr on log (corr, seq) where corr is not null;
