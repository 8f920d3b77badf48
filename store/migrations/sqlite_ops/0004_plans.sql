-- Published plans: every version stays as it was published.

create table plan (
    id           text not null,
    version      integer not null,
    published_by text not null,
    at_ms        integer not null,
    body         text not null,
    primary key (id, version)
) strict, without rowid;
