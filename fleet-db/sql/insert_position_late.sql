insert into vehicle_position_late (
    vehicle_no, fixed_at, sequence, received_at, lon_e7, lat_e7, odometer_m, speed_dkmh, heading_deg, altitude_m,
    fuel_dl, fuel_permille, soc_permille, voltage_cv, satellites, flags, detail
)
select *
from unnest(
    $1::int4[], $2::timestamptz[], $3::int8[], $4::timestamptz[], $5::int4[], $6::int4[], $7::int4[], $8::int2[], $9::int2[], $10::int2[],
    $11::int2[], $12::int2[], $13::int2[], $14::int2[], $15::int2[], $16::int2[], $17::jsonb[]
)
on conflict (vehicle_no, fixed_at, sequence) do nothing
returning vehicle_no, fixed_at
