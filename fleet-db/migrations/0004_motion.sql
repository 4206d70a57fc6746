-- Vehicles in motion: hot positions by the hour, late ones apart, and what is derived from them as it happens.

-- Integer degrees and small types: 68 bytes of heap a row against 85 with a geometry. A null longitude is a message without a fix.
create table vehicle_position (
    vehicle_no  integer not null,
    fixed_at    timestamptz not null,
    sequence    bigint not null,
    received_at timestamptz not null,
    lon_e7      integer,
    lat_e7      integer,
    odometer_m  integer,
    speed_dkmh  smallint,
    heading_deg smallint,
    altitude_m  smallint,
    fuel_dl     smallint,
    fuel_permille smallint,
    soc_permille smallint,
    voltage_cv  smallint,
    satellites  smallint,
    -- bit 0 ignition known, 1 ignition on, 2 charging known, 3 charging
    flags       smallint not null,
    -- what is seldom there: hdop, accuracy, rpm, coolant, fuel rate, trouble codes, device event
    detail      jsonb,
    primary key (vehicle_no, fixed_at, sequence)
) partition by range (fixed_at);

-- Older than the hot window when it came in: a table of its own, merged on read, so that an old record never opens a partition.
create table vehicle_position_late (like vehicle_position including all);

-- History behind the hot window: one row a vehicle and day, columns compressed (see the module `history` of fleet-db).
create table track_day (
    vehicle_no integer not null,
    -- day in UTC
    day        date not null,
    fixes      integer not null,
    first_at   timestamptz not null,
    last_at    timestamptz not null,
    distance_m integer not null,
    bounds     geometry (polygon, 4326),
    -- positions in each of the 24 hours of UTC, for a list of days in any zone
    hour_fixes integer[] not null,
    columns    bytea not null,
    primary key (vehicle_no, day)
);
alter table track_day alter column columns set storage external;

-- Last known state and the tracker's memory, committed together with the positions that led to it.
create table vehicle_live (
    vehicle_no  integer primary key,
    state       jsonb not null,
    tracker     bytea not null,
    updated_at  timestamptz not null
) with (fillfactor = 50);

create table trip (
    id           uuid primary key,
    vehicle_no   integer not null,
    started_at   timestamptz not null,
    ended_at     timestamptz,
    origin       geometry (point, 4326) not null,
    destination  geometry (point, 4326) not null,
    distance_m   integer not null,
    max_speed_dkmh smallint not null,
    stops        integer not null,
    constraint trip_vehicle_start_key unique (vehicle_no, started_at)
);

create table vehicle_stop (
    id         uuid primary key,
    vehicle_no integer not null,
    from_at    timestamptz not null,
    to_at      timestamptz,
    place      geometry (point, 4326) not null,
    constraint vehicle_stop_vehicle_from_key unique (vehicle_no, from_at)
);

create table vehicle_event (
    vehicle_no integer not null,
    at         timestamptz not null,
    kind       text not null,
    detail     jsonb not null,
    primary key (vehicle_no, at, kind)
);

-- Late fixes change trips that were already told; the range waits here until they have been worked out again.
create table track_revision (
    vehicle_no integer primary key,
    from_at    timestamptz not null,
    to_at      timestamptz not null,
    noted_at   timestamptz not null
);

-- What could not be taken for true (a clock years ahead, a record that cannot be read) is kept aside with its reason.
create table quarantined_record (
    id          bigint generated always as identity primary key,
    terminal_id text not null,
    vehicle_no  integer,
    received_at timestamptz not null,
    code        text not null,
    payload     bytea not null
);
create index quarantined_record_terminal_idx on quarantined_record (terminal_id, id);
