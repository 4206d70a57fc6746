delete from vehicle_position_late
where vehicle_no = $1 and fixed_at >= $2 and fixed_at < $3
returning
    vehicle_no, fixed_at, sequence, received_at,
    lon_e7, lat_e7, odometer_m, speed_dkmh, heading_deg, altitude_m, fuel_dl, fuel_permille, soc_permille,
    voltage_cv, satellites, flags, detail::text as detail
