-- Positions by day of the zone $2. Compressed days tell how many they hold in each UTC hour; zones differ by whole hours
-- where the fleet is, so that is exact.
with counted as (
    select (fixed_at at time zone $2)::date as day, count(*) as fixes
    from vehicle_position as p
    where vehicle_no = $1 and fixed_at >= $3 and fixed_at < $4
      -- compacted, and the partition not dropped yet
      and not exists (select from track_day as d where d.vehicle_no = $1 and d.day = (p.fixed_at at time zone 'UTC')::date)
    group by 1
    union all
    select (fixed_at at time zone $2)::date, count(*)
    from vehicle_position_late
    where vehicle_no = $1 and fixed_at >= $3 and fixed_at < $4
    group by 1
    union all
    select ((d.day + make_interval(hours => h.number::int - 1)) at time zone 'UTC' at time zone $2)::date, h.fixes
    from track_day as d
    cross join lateral unnest(d.hour_fixes) with ordinality as h (fixes, number)
    where d.vehicle_no = $1 and d.last_at >= $3 and d.first_at < $4 and h.fixes > 0
),
heard as (
    select day, sum(fixes)::bigint as fixes
    from counted
    group by day
    order by day desc
    limit $5
),
driven as (
    select (started_at at time zone $2)::date as day, count(*) as trips, sum(distance_m)::bigint as distance_m
    from trip
    where vehicle_no = $1 and started_at >= $3 and started_at < $4
    group by 1
)
select
    h.day as "day!", h.fixes as "fixes!", coalesce(d.distance_m, 0) as "distance_m!", coalesce(d.trips, 0) as "trips!"
from heard as h
left join driven as d on d.day = h.day
order by h.day desc
