-- How high and heavy a unit's vehicle is, metres and tonnes.

alter table unit add column height_m real;
alter table unit add column weight_t real;
