-- Incidents of the past come by import, and go by undoing it.

-- That of the import which wrote the row; 0 when none did.
alter table incident_history add column revision bigint not null default 0;

-- Incidents that an import changed, as they were before.
create table import_past (
    import        bigint not null,
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
    revision      bigint not null,
    primary key (import, source_system, number)
);
