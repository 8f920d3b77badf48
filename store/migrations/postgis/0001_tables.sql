-- Everything that we remember. Texts that are compared or sorted have collation "C", which is the order of bytes and
-- the one that SQLite has, so that both backends page in the same order.

create extension if not exists postgis with schema public;

-- What stands still, a partition a layer. A removed feature keeps its key and its revision, and nothing else.
-- Properties are json, not jsonb: json keeps order and spelling, so that every bit of a number comes back.
create table feature (
    layer      text collate "C" not null,
    fid        bigint not null,
    source     text collate "C" not null,
    source_id  text collate "C" not null,
    revision   bigint not null,
    deleted    boolean not null default false,
    digest     bytea not null,
    geometry   geometry(Geometry, 4326),
    properties json,
    attributes json,
    primary key (layer, fid),
    unique (layer, source, source_id)
) partition by list (layer);
create index feature_revision on feature (revision);
create index feature_geometry on feature using gist (geometry);

create table feature_jurisdictions partition of feature for values in ('jurisdictions');
create table feature_grids partition of feature for values in ('grids');
create table feature_land partition of feature for values in ('land');
create table feature_water partition of feature for values in ('water');
create table feature_roads partition of feature for values in ('roads');
create table feature_buildings partition of feature for values in ('buildings');
create table feature_places partition of feature for values in ('places');
create table feature_houses partition of feature for values in ('houses');
create table feature_enterprises partition of feature for values in ('enterprises');
create table feature_cameras partition of feature for values in ('cameras');
create table feature_residents partition of feature for values in ('residents');

-- Locked by every writer until its commit, so that revisions become visible in order (a sequence would not do that).
create table registry_head (
    id       smallint primary key check (id = 1),
    revision bigint not null
);
insert into registry_head (id, revision) values (1, 0);

create table unit (
    id        text collate "C" primary key,
    kind      text not null,
    call_sign text not null,
    org       text not null,
    division  bigint,
    skills    text not null,
    duty      text not null,
    channel   text not null,
    contact   text,
    lon       double precision,
    lat       double precision,
    epoch     bigint not null
);

create table fix (
    id       bigint generated always as identity primary key,
    unit     text collate "C" not null,
    at_ms    bigint not null,
    recv_ms  bigint not null,
    lon      double precision not null,
    lat      double precision not null,
    accuracy real,
    speed    real,
    heading  real,
    label    text not null,
    obs      text
);
create index fix_unit on fix (unit, at_ms);
create index fix_recv on fix (recv_ms);

-- The newest fix that moves each unit. Half-empty pages let most updates stay in their page.
create table latest_fix (
    unit     text collate "C" primary key,
    at_ms    bigint not null,
    recv_ms  bigint not null,
    lon      double precision not null,
    lat      double precision not null,
    accuracy real,
    speed    real,
    heading  real
) with (fillfactor = 50);

create table incident_history (
    source_system text collate "C" not null,
    number        text collate "C" not null,
    kind          text not null,
    source        text not null,
    priority      smallint not null,
    lon           double precision,
    lat           double precision,
    division      bigint,
    reported_ms   bigint not null,
    assigned_ms   bigint,
    accepted_ms   bigint,
    arrived_ms    bigint,
    closed_ms     bigint,
    primary key (source_system, number)
);
create index incident_history_reported on incident_history (reported_ms, source_system, number);

create table account (
    name     text collate "C" primary key,
    password text not null,
    roles    text not null,
    scope    text not null,
    unit     text,
    disabled boolean not null
);

create table session (
    token      bytea primary key,
    account    text collate "C" not null references account (name) on delete cascade,
    created_ms bigint not null,
    expires_ms bigint not null
);
create index session_account on session (account);
create index session_expires on session (expires_ms);

create table audit (
    seq          bigint primary key,
    at_ms        bigint not null,
    clock_ms     bigint not null,
    actor        text collate "C" not null,
    roles        text not null,
    scope        text not null,
    action       text not null,
    purpose      text,
    object_class text not null,
    objects      text not null,
    detail       text,
    result_count bigint,
    outcome      text not null,
    client       text,
    prev_hash    bytea not null,
    hash         bytea not null
);
create index audit_actor on audit (actor, seq);

-- The end of the chain: locked by every writer until its commit, and tells when rows were cut off.
create table audit_head (
    id    smallint primary key check (id = 1),
    seq   bigint not null,
    at_ms bigint not null,
    hash  bytea not null
);
insert into audit_head (id, seq, at_ms, hash) values (1, 0, 0, decode(repeat('00', 32), 'hex'));

create table setting (
    name  text collate "C" primary key,
    value bytea not null
);
