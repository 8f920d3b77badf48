-- What stands still. A removed feature keeps its key and its revision, and nothing else.

create table feature (
    layer      text not null,
    fid        integer not null,
    source     text not null,
    source_id  text not null,
    revision   integer not null,
    deleted    integer not null default 0,
    digest     blob not null,
    geometry   blob,
    properties text,
    attributes text,
    primary key (layer, fid),
    unique (layer, source, source_id)
) strict;
create unique index feature_revision on feature (revision);
create index feature_live on feature (layer) where deleted = 0;

create table registry_head (
    id       integer primary key check (id = 1),
    revision integer not null
) strict;
insert into registry_head (id, revision) values (1, 0);
