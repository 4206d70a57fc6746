-- What nearly every position tells gets columns of its own, and the alarms that devices raise get a table.

-- Dilution of precision and estimated error lay in `detail`, which was there in nearly every row because of them; so would the
-- alarm word of JT/T 808. Rows that were written before keep them there and are read all the same.
alter table vehicle_position
    add column hdop_centi smallint,
    add column accuracy_dm smallint,
    add column alarm_bits bigint;
alter table vehicle_position_late
    add column hdop_centi smallint,
    add column accuracy_dm smallint,
    add column alarm_bits bigint;
comment on column vehicle_position.hdop_centi is 'horizontal dilution of precision, 0.01';
comment on column vehicle_position.accuracy_dm is 'estimated horizontal error, 0.1 m';
comment on column vehicle_position.alarm_bits is 'alarms that the device says are on, 0-31 JT/T 808, 32-59 GB/T 32960; null for none';
comment on column vehicle_position.flags is
    'bit 0 ignition known, 1 ignition on, 2 charging known, 3 charging, 4 stored by the device and sent later,
     5 JT/T 808 alarms told, 6 GB/T 32960 alarms told';

-- One row an alarm, from its start to its end, however often the device repeats it.
create table vehicle_alarm (
    -- made of the vehicle, the kind and the start, so that telling it again is telling the same
    id         uuid primary key,
    vehicle_no integer not null,
    -- such as `supply_cut`; the list with names, codes and colours is `telematics::alarm`
    kind       text not null,
    -- who says so
    source     text not null,
    colour     text not null,
    raised_at  timestamptz not null,
    -- null while it lasts
    cleared_at timestamptz,
    -- where the vehicle was, as far as that was known
    place      geometry (point, 4326),
    -- known only from what the device stored and sent later: nobody was told of it as it happened
    replayed   boolean not null,
    detail     jsonb not null,
    constraint vehicle_alarm_source_check check (source in ('device', 'rule')),
    constraint vehicle_alarm_colour_check check (colour in ('yellow', 'red')),
    constraint vehicle_alarm_span_check check (cleared_at >= raised_at)
);
create index vehicle_alarm_vehicle_idx on vehicle_alarm (vehicle_no, raised_at);
create index vehicle_alarm_open_idx on vehicle_alarm (vehicle_no) where cleared_at is null;
