-- What we draw below z14, made by the peer: one point for each of 128 x 128 cells, with its count; the attributes where it
-- stands alone.
create function thinned(z integer, x integer, y integer) returns bytea
language sql stable strict parallel safe as $$
    with cells as (
        select count(*)::int as n, count(*) filter (where online)::int as online_n, (array_agg(id))[1] as id,
            (array_agg(name))[1] as name, (array_agg(kind))[1] as kind, (array_agg(azimuth_deg))[1] as azimuth_deg,
            (array_agg(range_m))[1] as range_m, (array_agg(height_m))[1] as height_m, (array_agg(online))[1] as online,
            (array_agg(geom))[1] as geom
        from cameras
        where geom && st_tileenvelope(z, x, y)
        group by floor((st_x(geom) + 20037508.342789244) / (40075016.68557849 / (1 << (z + 7)))),
            floor((20037508.342789244 - st_y(geom)) / (40075016.68557849 / (1 << (z + 7))))
    ), drawn as (
        select case when n = 1 then id end as id, n, online_n, case when n = 1 then name end as name,
            case when n = 1 then kind end as kind, case when n = 1 then azimuth_deg end as azimuth_deg,
            case when n = 1 then range_m end as range_m, case when n = 1 then height_m end as height_m,
            case when n = 1 then online end as online, st_asmvtgeom(geom, st_tileenvelope(z, x, y), 4096, 0, true) as geom
        from cells
    )
    select st_asmvt(drawn, 'cameras', 4096, 'geom', 'id') from drawn;
$$;
