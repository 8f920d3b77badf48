-- The organisation whose desk a login is.

alter table account add column org text;
