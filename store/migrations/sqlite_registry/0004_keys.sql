-- The keys of `feature` as indexes of their own, which can be dropped and made anew: into an empty layer a large import
-- writes its rows first and sorts each index once, instead of looking for the place of every row in all of them.

create table feature_made_anew (
    layer      text not null,
    fid        integer not null,
    source     text not null,
    source_id  text not null,
    revision   integer not null,
    deleted    integer not null default 0,
    digest     blob not null,
    geometry   blob,
    properties text,
    attributes text
) strict;
insert into feature_made_anew
    select layer, fid, source, source_id, revision, deleted, digest, geometry, properties, attributes
    from feature order by rowid;
drop table feature;
alter table feature_made_anew rename to feature;
create unique index feature_key on feature (layer, fid);
create unique index feature_source on feature (layer, source, source_id);
create unique index feature_revision on feature (revision);
create index feature_live on feature (layer) where deleted = 0;
