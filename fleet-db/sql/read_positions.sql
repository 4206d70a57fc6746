select
    vehicle_no as "vehicle_no!", fixed_at as "fixed_at!", sequence as "sequence!", received_at as "received_at!",
    lon_e7, lat_e7, odometer_m, speed_dkmh, heading_deg, altitude_m, fuel_dl, fuel_permille, soc_permille,
    voltage_cv, satellites, flags as "flags!", detail::text as detail
from vehicle_position
where vehicle_no = $1 and fixed_at >= $2 and fixed_at < $3
union all
select
    vehicle_no, fixed_at, sequence, received_at,
    lon_e7, lat_e7, odometer_m, speed_dkmh, heading_deg, altitude_m, fuel_dl, fuel_permille, soc_permille,
    voltage_cv, satellites, flags, detail::text
from vehicle_position_late
where vehicle_no = $1 and fixed_at >= $2 and fixed_at < $3
