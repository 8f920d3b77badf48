-- Published plans: every version stays as it was published.

create table plan (
    id           text collate "C" not null,
    version      bigint not null,
    published_by text not null,
    at_ms        bigint not null,
    body         text not null,
    primary key (id, version)
);
