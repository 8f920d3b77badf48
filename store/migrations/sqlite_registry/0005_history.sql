-- Incidents of the past come by import, so they are here, where imports are published. Those of an older `ops.db` are
-- brought over when the folder is opened; the table there stays, empty.

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
    -- That of the import which wrote the row; 0 when none did.
    revision      integer not null default 0,
    primary key (source_system, number)
) strict;
create index incident_history_reported on incident_history (reported_ms, source_system, number);

-- Incidents that an import changed, as they were before.
create table import_past (
    import        integer not null,
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
    revision      integer not null,
    primary key (import, source_system, number)
) strict, without rowid;
