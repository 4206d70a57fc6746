-- Terminals of every protocol: their papers, their link, the commands sent to them, their last frames and what they say beside positions.

-- GB/T 32960 reaches us from makers' platforms too: each signs in with an account of its own and speaks for the terminals given to it.
create table gb32960_platform (
    id            uuid primary key,
    login         text not null,
    -- SHA-256 of a secret made here: nothing to guess, so nothing to slow down
    secret_sha256 bytea not null,
    name          text not null,
    unit_id       uuid not null references unit (id),
    -- PEM or hexadecimal of the key that its signatures are checked with, and the key of its payloads
    public_key    text,
    payload_key   bytea,
    disabled_at   timestamptz,
    created_at    timestamptz not null,
    constraint gb32960_platform_login_key unique (login),
    constraint gb32960_platform_login_check check (login ~ '^[A-Za-z0-9_.-]{1,12}$')
);

alter table device
    drop constraint device_protocol_check,
    add constraint device_protocol_check check (protocol in ('mqtt', 'jt808', 'gb32960', 'http', 'broker')),
    -- which table of vendor items it speaks, and in which datum; a name of `telematics::jt808::profile`
    add column profile       text not null default 'standard',
    -- where it lies while it is in no vehicle; null: with the topmost unit
    add column unit_id       uuid references unit (id),
    -- SIM cards it may use; empty: any
    add column iccids        text[] not null default '{}',
    add column sim_number    text,
    add column issued_on     date,
    add column note          text not null default '',
    -- the platform that speaks for it; null: it speaks for itself
    add column platform_id   uuid references gb32960_platform (id),
    add column public_key    text,
    add column payload_key   bytea,
    -- the registration of JT/T 808, or the first sign-in of the others
    add column registered_at timestamptz,
    -- first use of the code that the registration gave out; until then a terminal that lost the answer may register again
    add column auth_used_at  timestamptz,
    -- what it says of itself: plate, VIN, OBU, maker, model, versions, ICCID
    add column told          jsonb not null default '{}',
    add column told_at       timestamptz,
    -- where what it says contradicts the register: [{"field", "told", "expected"}]
    add column mismatch      jsonb not null default '[]';
create index device_unit_idx on device (unit_id);

-- A sign-in changes no right, so it does not make every gateway load its register again.
drop trigger device_changed on device;
create trigger device_changed after insert or delete
    or update of terminal_id, secret_sha256, protocol, profile, iccids, platform_id, public_key, payload_key, registered_at, disabled_at on device
    for each statement execute function device_changed();
create trigger gb32960_platform_changed after insert or update or delete on gb32960_platform
    for each statement execute function device_changed();

alter table vehicle
    -- the number of the unit that pays tolls (OBU) on its windscreen
    add column obu_id text,
    add constraint vehicle_obu_key unique (obu_id);
-- A check compares with the plate, the VIN and the OBU that the register knows.
create trigger vehicle_identity_changed after update of plate, vin on vehicle
    for each statement execute function device_changed();

-- Who did what to a terminal, when and why; what a terminal did itself has no account.
create table device_log (
    id         uuid primary key,
    device_id  uuid not null references device (id),
    at         timestamptz not null,
    account_id uuid references account (id),
    action     text not null,
    reason     text not null,
    detail     jsonb not null default '{}'
);
create index device_log_device_idx on device_log (device_id, id);

-- The newest connection of a terminal; written in batches.
create table device_link (
    device_id     uuid primary key references device (id) on delete cascade,
    -- the gateway that holds it, so that one that was killed can close what it left open
    gateway       text not null,
    peer          text not null,
    protocol      text not null,
    -- edition of the protocol, as the terminal's frames tell it
    version       text not null,
    is_encrypted  boolean not null,
    connected_at  timestamptz not null,
    last_heard_at timestamptz not null,
    closed_at     timestamptz,
    close_reason  text
) with (fillfactor = 50);

-- What people ask of a terminal; it waits here while the terminal is away.
create table terminal_command (
    id          uuid primary key,
    device_id   uuid not null references device (id),
    kind        text not null,
    args        jsonb not null,
    asked_by    uuid not null references account (id),
    reason      text not null,
    asked_at    timestamptz not null,
    expires_at  timestamptz not null,
    state       text not null default 'queued',
    sent_at     timestamptz,
    answered_at timestamptz,
    -- how it ended in one word: ok, failed, bad_message, unsupported, no_answer, ...
    result      text,
    answer      jsonb,
    constraint terminal_command_state_check check (state in ('queued', 'sent', 'answered', 'failed', 'expired', 'cancelled')),
    constraint terminal_command_expiry_check check (expires_at > asked_at)
);
create index terminal_command_device_idx on terminal_command (device_id, id);
create index terminal_command_open_idx on terminal_command (device_id, id) where state in ('queued', 'sent');

-- The gateway that holds the link is told at once; one that comes later asks for what is due.
create function terminal_command_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('terminal_command', new.device_id::text);
    return null;
end $$;
create trigger terminal_command_asked after insert on terminal_command
    for each row execute function terminal_command_changed();
create trigger terminal_command_cancelled after update of state on terminal_command
    for each row when (new.state = 'cancelled') execute function terminal_command_changed();

-- Whose frames somebody looks at; nobody else's are kept.
create table frame_watch (
    device_id uuid primary key references device (id) on delete cascade,
    until     timestamptz not null
);
create function frame_watch_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('frame_watch', new.device_id::text);
    return null;
end $$;
create trigger frame_watch_changed after insert on frame_watch
    for each row execute function frame_watch_changed();

-- Frames as they were on the wire; worth nothing after a crash.
create unlogged table device_frame (
    id        bigint generated always as identity primary key,
    device_id uuid not null references device (id) on delete cascade,
    at        timestamptz not null,
    direction text not null,
    -- topic or path, where the protocol has one
    channel   text not null default '',
    bytes     bytea not null,
    -- why it was not taken, as a code that people see
    error     text,
    constraint device_frame_direction_check check (direction in ('up', 'down'))
);
create index device_frame_device_idx on device_frame (device_id, id);

-- What terminals report beside positions: attributes, driver cards, CAN data, media, transparent data.
create table terminal_report (
    id          bigint generated always as identity primary key,
    terminal_id text not null,
    vehicle_no  integer,
    received_at timestamptz not null,
    message_id  integer not null,
    decoded     jsonb not null,
    raw         bytea not null
);
create index terminal_report_terminal_idx on terminal_report (terminal_id, id);
create index terminal_report_vehicle_idx on terminal_report (vehicle_no, id) where vehicle_no is not null;
