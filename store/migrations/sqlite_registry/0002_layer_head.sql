-- The newest revision of each layer, so that a server need not look through a layer to see that it stands still.

create table layer_head (
    layer    text primary key,
    revision integer not null
) strict, without rowid;
insert into layer_head (layer, revision) select layer, max(revision) from feature group by layer;
