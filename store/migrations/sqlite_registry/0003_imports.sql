-- Imports: what was staged, published and undone. The rows of a file wait in a file of their own (`staging/ID.db` in the
-- data folder) until one transaction publishes them here.

create table import (
    id         integer primary key autoincrement,
    layers     text not null,
    source     text not null,
    crs        text not null,
    file       text not null,
    bytes      integer not null,
    sha256     text not null,
    who        text not null,
    state      text not null,
    started_ms integer not null,
    ended_ms   integer,
    added      integer not null default 0,
    changed    integer not null default 0,
    unchanged  integer not null default 0,
    gone       integer not null default 0,
    -- Revisions that it gave: first_revision to last_revision, both 0 when it changed nothing.
    first_revision integer not null default 0,
    last_revision  integer not null default 0,
    undoable   integer not null default 0,
    report     text not null default ''
) strict;
create index import_unfinished on import (sha256) where state = 'staging';

-- Rows that it changed or removed, as they were before.
create table import_undo (
    import     integer not null,
    layer      text not null,
    fid        integer not null,
    revision   integer not null,
    deleted    integer not null,
    digest     blob not null,
    geometry   blob,
    properties text,
    attributes text,
    primary key (import, layer, fid)
) strict, without rowid;

-- Numbers of the rows that it added, thousands of them in one JSON list.
create table import_added (
    import integer not null,
    layer  text not null,
    part   integer not null,
    fids   text not null,
    primary key (import, layer, part)
) strict, without rowid;

-- Where an undone import put a row back: the row of `was` now has `revision`, so that the import before it can be
-- undone as well.
create table import_moved (
    layer    text not null,
    fid      integer not null,
    revision integer not null,
    was      integer not null,
    import   integer not null,
    primary key (layer, fid, revision)
) strict, without rowid;
