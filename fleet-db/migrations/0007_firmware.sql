-- Programs for our own bridges: signed images, and how they are rolled out stage by stage.

create table firmware_image (
    id          uuid primary key,
    version     text not null,
    sha256      bytea not null,
    -- Ed25519 over "motorpool-bridge VERSION SHA256", made where the release key is; the device checks it, not we
    signature   bytea not null,
    size_bytes  bigint not null,
    note        text not null,
    image       bytea not null,
    uploaded_by uuid not null references account (id),
    uploaded_at timestamptz not null,
    constraint firmware_image_version_key unique (version),
    constraint firmware_image_sha256_key unique (sha256),
    constraint firmware_image_signature_check check (length(signature) = 64)
);
-- Images are fetched in pieces; a piece of a compressed value would have to be unpacked from its beginning.
alter table firmware_image alter column image set storage external;

create table firmware_rollout (
    id                uuid primary key,
    image_id          uuid not null references firmware_image (id),
    -- the devices of this unit and everything below it
    unit_id           uuid not null references unit (id),
    -- share of the devices that have their order after each stage, per cent, rising, the last 100
    stages_pct        smallint[] not null,
    -- the stage that has begun, from 0
    stage             smallint not null,
    -- share of failures among the devices done, per cent, above which it stops by itself
    failure_limit_pct smallint not null,
    state             text not null,
    reason            text not null,
    started_by        uuid not null references account (id),
    started_at        timestamptz not null,
    changed_at        timestamptz not null,
    constraint firmware_rollout_state_check check (state in ('running', 'paused', 'stopped', 'finished')),
    constraint firmware_rollout_stage_check check (stage >= 0 and stage < cardinality(stages_pct)),
    constraint firmware_rollout_limit_check check (failure_limit_pct between 0 and 100)
);
-- One rollout of a version at a time: two would order it twice.
create unique index firmware_rollout_open_key on firmware_rollout (image_id, unit_id) where state in ('running', 'paused');

create table firmware_target (
    rollout_id       uuid not null references firmware_rollout (id),
    device_id        uuid not null references device (id),
    stage            smallint not null,
    previous_version text,
    command_id       uuid references terminal_command (id),
    state            text not null,
    -- why it failed, as the device said
    code             text,
    changed_at       timestamptz not null,
    primary key (rollout_id, device_id),
    constraint firmware_target_state_check check (state in ('waiting', 'ordered', 'trial', 'confirmed', 'rolled_back', 'failed'))
);
create index firmware_target_device_idx on firmware_target (device_id) where state in ('ordered', 'trial');

-- What a bridge last said of itself: version, spool, how its update stands, the newest seal of its log.
create table device_status (
    device_id uuid primary key references device (id) on delete cascade,
    status    jsonb not null,
    at        timestamptz not null
) with (fillfactor = 50);

-- Where a device really stands: an order that was refused, or never fetched in its time, has failed.
create view firmware_target_now as
select t.rollout_id, t.device_id, t.stage, t.previous_version,
       case when t.state = 'ordered' and c.state in ('failed', 'expired', 'cancelled') then 'failed' else t.state end as state,
       case when t.state = 'ordered' and c.state in ('failed', 'expired', 'cancelled') then coalesce(c.answer ->> 'code', c.result, c.state)
            else t.code end as code,
       greatest(t.changed_at, c.answered_at) as changed_at
from firmware_target t
left join terminal_command c on c.id = t.command_id;
