select
    p.vehicle_no as "vehicle_no!", p.fixed_at as "fixed_at!", p.sequence as "sequence!", p.received_at as "received_at!",
    p.lon_e7, p.lat_e7, p.odometer_m, p.speed_dkmh, p.heading_deg, p.altitude_m, p.fuel_dl, p.fuel_permille, p.soc_permille,
    p.voltage_cv, p.satellites, p.flags as "flags!", p.detail
from unnest($1::int4[], $2::timestamptz[]) as a (vehicle_no, at)
cross join lateral (
    select * from vehicle_position as hot where hot.vehicle_no = a.vehicle_no and hot.fixed_at >= a.at
    union all
    select * from vehicle_position_late as late where late.vehicle_no = a.vehicle_no and late.fixed_at >= a.at
) as p
order by p.vehicle_no, p.fixed_at, p.sequence
