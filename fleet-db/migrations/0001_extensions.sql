-- Places are PostGIS geometry; an interval that must not overlap another needs btree_gist.
create extension if not exists postgis;
create extension if not exists btree_gist;
