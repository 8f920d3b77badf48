-- The number of a feature is made of its layer, its source and its id there: what is unique by the one is by the other, and
-- nothing is looked up by the texts. Without their index a first import of a million rows takes a second less.
drop index feature_source;
