-- The cars, the devices in them, and which device was in which car when.

create table vehicle (
    id          uuid primary key,
    -- small number for high-volume rows and for the live channel
    no          integer generated always as identity,
    plate       text not null,
    vin         text,
    unit_id     uuid not null references unit (id),
    -- 《党政机关公务用车管理办法》 names the categories; local rules add their own
    category    text not null,
    powertrain  text not null,
    model       text not null,
    seats       smallint not null,
    status      text not null,
    alias       text,
    created_at  timestamptz not null,
    -- what the search box reads: folded once here, not once a row and question
    search      text generated always as (lower(plate || ' ' || coalesce(alias, '') || ' ' || model)) stored,
    constraint vehicle_no_key unique (no),
    constraint vehicle_plate_key unique (plate),
    constraint vehicle_vin_key unique (vin),
    constraint vehicle_powertrain_check check (powertrain in ('petrol', 'diesel', 'hybrid', 'plug_in_hybrid', 'electric', 'hydrogen')),
    constraint vehicle_seats_check check (seats between 1 and 99)
);
create index vehicle_unit_idx on vehicle (unit_id, plate);

-- The live map keeps in memory which vehicle belongs to which unit; it is told of every change.
create function register_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('register_changed', '');
    return null;
end $$;
create trigger vehicle_changed after insert or update or delete on vehicle
    for each statement execute function register_changed();
create trigger unit_changed after insert or update or delete on unit
    for each statement execute function register_changed();

create table device (
    id            uuid primary key,
    -- the name it signs in with
    terminal_id   text not null,
    -- SHA-256 of a secret of 256 random bits: nothing to guess, so nothing to slow down
    secret_sha256 bytea not null,
    protocol      text not null,
    model         text not null,
    disabled_at   timestamptz,
    created_at    timestamptz not null,
    constraint device_terminal_key unique (terminal_id),
    constraint device_protocol_check check (protocol in ('mqtt'))
);

-- A report belongs to the binding at its time; neither a device nor a vehicle has two at once.
create table device_binding (
    device_id  uuid not null references device (id),
    vehicle_id uuid not null references vehicle (id),
    during     tstzrange not null,
    primary key (device_id, during),
    constraint device_binding_device_excl exclude using gist (device_id with =, during with &&),
    constraint device_binding_vehicle_excl exclude using gist (vehicle_id with =, during with &&)
);

-- The gateway keeps the register in memory; it is told of every change.
create function device_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('device_changed', '');
    return null;
end $$;
create trigger device_changed after insert or update or delete on device
    for each statement execute function device_changed();
create trigger device_binding_changed after insert or update or delete on device_binding
    for each statement execute function device_changed();
