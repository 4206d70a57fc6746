insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
select
    t.id, t.vehicle_no, t.started_at, t.ended_at,
    st_setsrid(st_makepoint(t.from_lon, t.from_lat), 4326),
    st_setsrid(st_makepoint(t.to_lon, t.to_lat), 4326),
    t.distance_m, t.max_speed_dkmh, t.stops
from unnest(
    $1::uuid[], $2::int4[], $3::timestamptz[], $4::timestamptz[], $5::float8[], $6::float8[], $7::float8[], $8::float8[],
    $9::int4[], $10::int2[], $11::int4[]
) as t (id, vehicle_no, started_at, ended_at, from_lon, from_lat, to_lon, to_lat, distance_m, max_speed_dkmh, stops)
on conflict (id) do update set
    ended_at = excluded.ended_at,
    destination = excluded.destination,
    distance_m = excluded.distance_m,
    max_speed_dkmh = excluded.max_speed_dkmh,
    stops = excluded.stops
