-- Platforms below and above us by JT/T 809: who may sign in here, and how far each platform above us has been told.

alter table device
    drop constraint device_protocol_check,
    add constraint device_protocol_check check (protocol in ('mqtt', 'jt808', 'gb32960', 'http', 'broker', 'jt809'));

-- The table was made for GB/T 32960; a platform of JT/T 809 is the same, with a number of its own.
alter table gb32960_platform
    add column protocol    text not null default 'gb32960',
    -- 下级平台接入码, which we give out
    add column access_code bigint,
    -- M1, IA1, IC1 of the encryption; null: in the clear
    add column cipher      bigint[],
    add constraint gb32960_platform_protocol_check check (protocol in ('gb32960', 'jt809')),
    add constraint gb32960_platform_access_code_check
        check ((protocol = 'jt809') = (access_code is not null) and access_code between 0 and 4294967295),
    add constraint gb32960_platform_cipher_check check (cipher is null or (array_length(cipher, 1) = 3 and protocol = 'jt809')),
    add constraint gb32960_platform_access_code_key unique (access_code);

-- A platform above us to which positions go. What stands in the configuration stands here, so that a commit knows of it.
create table mirror_link (
    name    text primary key,
    -- the gateway that keeps the link
    gateway text not null,
    since   timestamptz not null
);

-- The last position of each vehicle that the platform has confirmed. Positions of a vehicle are stored in the order of this
-- key, but for late ones, and by one writer: nothing can come in behind it unseen.
create table mirror_cursor (
    link       text not null references mirror_link (name) on delete cascade,
    vehicle_no integer not null,
    fixed_at   timestamptz not null,
    sequence   bigint not null,
    -- false: what it reports meanwhile is not for the platform, now or later
    is_chosen  boolean not null,
    primary key (link, vehicle_no)
) with (fillfactor = 50);

-- Late positions, which the cursor has passed; each waits here until the platform has confirmed it.
create table mirror_late (
    link       text not null references mirror_link (name) on delete cascade,
    vehicle_no integer not null,
    fixed_at   timestamptz not null,
    primary key (link, vehicle_no, fixed_at)
);
