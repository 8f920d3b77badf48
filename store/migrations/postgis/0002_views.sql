-- What QGIS and other readers of the database see: a view a layer, its fields as columns of their type. There is no
-- view of residents, and rooms and streams are in none. Grant select on these views to who may read, and on nothing
-- else; writing goes through the API, where deny-list, revision and audit are.

create function read_only() returns trigger language plpgsql as $$
begin
    raise exception '% is read only: write through the API', tg_table_name;
end
$$;

create view houses as
select fid, source, source_id, revision, geometry,
       properties ->> 'building' as building,
       properties ->> 'address' as address,
       properties ->> 'address_code' as address_code,
       properties ->> 'floor' as floor,
       properties ->> 'usage' as usage,
       attributes
from feature where layer = 'houses' and not deleted;
create trigger read_only instead of insert or update or delete on houses for each row execute function read_only();

create view buildings as
select fid, source, source_id, revision, geometry,
       properties ->> 'name' as name,
       (properties ->> 'height_m')::double precision as height_m,
       (properties ->> 'levels')::bigint as levels,
       properties ->> 'kind' as kind,
       properties ->> 'address' as address,
       attributes
from feature where layer = 'buildings' and not deleted;
create trigger read_only instead of insert or update or delete on buildings for each row execute function read_only();

create view enterprises as
select fid, source, source_id, revision, geometry,
       properties ->> 'name' as name,
       properties ->> 'name_en' as name_en,
       properties ->> 'kind' as kind,
       properties ->> 'category' as category,
       properties ->> 'uscc' as uscc,
       properties ->> 'legacy_reg_no' as legacy_reg_no,
       properties ->> 'address' as address,
       properties ->> 'building' as building,
       attributes
from feature where layer = 'enterprises' and not deleted;
create trigger read_only instead of insert or update or delete on enterprises for each row execute function read_only();

create view cameras as
select fid, source, source_id, revision, geometry,
       properties ->> 'name' as name,
       properties ->> 'kind' as kind,
       properties ->> 'device_id' as device_id,
       (properties ->> 'height_m')::double precision as height_m,
       (properties ->> 'azimuth_deg')::double precision as azimuth_deg,
       (properties ->> 'angle_deg')::double precision as angle_deg,
       (properties ->> 'range_m')::double precision as range_m,
       (properties ->> 'online')::boolean as online,
       properties ->> 'owner_unit' as owner_unit,
       properties ->> 'legal_basis' as legal_basis,
       (properties ->> 'retention_days')::bigint as retention_days,
       attributes
from feature where layer = 'cameras' and not deleted;
create trigger read_only instead of insert or update or delete on cameras for each row execute function read_only();

create view places as
select fid, source, source_id, revision, geometry,
       properties ->> 'name' as name,
       properties ->> 'name_en' as name_en,
       properties ->> 'kind' as kind,
       properties ->> 'category' as category,
       properties ->> 'address' as address,
       attributes
from feature where layer = 'places' and not deleted;
create trigger read_only instead of insert or update or delete on places for each row execute function read_only();

create view roads as
select fid, source, source_id, revision, geometry,
       properties ->> 'name' as name,
       properties ->> 'name_en' as name_en,
       properties ->> 'class' as class,
       properties ->> 'oneway' as oneway,
       (properties ->> 'speed_kmh')::bigint as speed_kmh,
       (properties ->> 'lanes')::bigint as lanes,
       (properties ->> 'bridge')::boolean as bridge,
       (properties ->> 'tunnel')::boolean as tunnel,
       properties ->> 'level' as level,
       properties ->> 'access' as access,
       properties ->> 'junction' as junction,
       properties ->> 'nodes' as nodes,
       attributes
from feature where layer = 'roads' and not deleted;
create trigger read_only instead of insert or update or delete on roads for each row execute function read_only();

create view water as
select fid, source, source_id, revision, geometry,
       properties ->> 'name' as name,
       properties ->> 'name_en' as name_en,
       properties ->> 'kind' as kind,
       attributes
from feature where layer = 'water' and not deleted;
create trigger read_only instead of insert or update or delete on water for each row execute function read_only();

create view land as
select fid, source, source_id, revision, geometry,
       properties ->> 'name' as name,
       properties ->> 'name_en' as name_en,
       properties ->> 'kind' as kind,
       attributes
from feature where layer = 'land' and not deleted;
create trigger read_only instead of insert or update or delete on land for each row execute function read_only();

create view grids as
select fid, source, source_id, revision, geometry,
       properties ->> 'code' as code,
       properties ->> 'name' as name,
       attributes
from feature where layer = 'grids' and not deleted;
create trigger read_only instead of insert or update or delete on grids for each row execute function read_only();

create view jurisdictions as
select fid, source, source_id, revision, geometry,
       properties ->> 'code' as code,
       properties ->> 'name' as name,
       properties ->> 'name_en' as name_en,
       properties ->> 'level' as level,
       properties ->> 'parent' as parent,
       (properties ->> 'is_virtual')::boolean as is_virtual,
       properties ->> 'valid_from' as valid_from,
       properties ->> 'valid_to' as valid_to,
       attributes
from feature where layer = 'jurisdictions' and not deleted;
create trigger read_only instead of insert or update or delete on jurisdictions for each row execute function read_only();
