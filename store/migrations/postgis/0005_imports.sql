-- Imports: what was staged, published and undone. The rows of a file wait in a table of their own (`staged_ID`, unlogged)
-- until one transaction publishes them.

create table import (
    id         bigint generated always as identity primary key,
    layers     text not null,
    source     text collate "C" not null,
    crs        text not null,
    file       text not null,
    bytes      bigint not null,
    sha256     text collate "C" not null,
    who        text not null,
    state      text collate "C" not null,
    started_ms bigint not null,
    ended_ms   bigint,
    added      bigint not null default 0,
    changed    bigint not null default 0,
    unchanged  bigint not null default 0,
    gone       bigint not null default 0,
    -- Revisions that it gave: first_revision to last_revision, both 0 when it changed nothing.
    first_revision bigint not null default 0,
    last_revision  bigint not null default 0,
    undoable   boolean not null default false,
    report     text not null default ''
);
create index import_unfinished on import (sha256) where state = 'staging';

-- Chunks that are staged. Unlogged as the rows are: a crash of the database empties both, and the file is read anew.
create unlogged table staged_chunk (
    import bigint not null,
    chunk  bigint not null,
    digest bytea not null,
    primary key (import, chunk)
);

-- Rows that it changed or removed, as they were before.
create table import_undo (
    import     bigint not null,
    layer      text collate "C" not null,
    fid        bigint not null,
    revision   bigint not null,
    deleted    boolean not null,
    digest     bytea not null,
    geometry   geometry(Geometry, 4326),
    properties json,
    attributes json,
    primary key (import, layer, fid)
);

-- Numbers of the rows that it added, thousands of them in one list.
create table import_added (
    import bigint not null,
    layer  text collate "C" not null,
    part   bigint not null,
    fids   bigint[] not null,
    primary key (import, layer, part)
);

-- Where an undone import put a row back: the row of `was` now has `revision`, so that the import before it can be
-- undone as well.
create table import_moved (
    layer    text collate "C" not null,
    fid      bigint not null,
    revision bigint not null,
    was      bigint not null,
    import   bigint not null,
    primary key (layer, fid, revision)
);
