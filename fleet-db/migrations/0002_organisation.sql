-- Who there is: units in a tree of four levels, and the accounts of the people who work in them.

create table unit (
    id          uuid primary key,
    parent_id   uuid references unit (id),
    name        text not null,
    -- 1 nation, 2 province, 3 city, 4 county; departments and fleets keep the level of the unit they belong to
    level       smallint not null,
    -- GB/T 2260 code of the administrative division
    region_code text not null,
    place       geometry (point, 4326),
    created_at  timestamptz not null,
    constraint unit_level_check check (level between 1 and 4),
    constraint unit_region_code_check check (region_code ~ '^[0-9]{6}$'),
    constraint unit_parent_check check (parent_id <> id)
);
create index unit_parent_idx on unit (parent_id);
create index unit_place_idx on unit using gist (place);

-- A unit and everything below it: what a scope means in a query.
create function unit_within(top uuid) returns setof uuid language sql stable rows 1000 as $$
    with recursive within as (
        select unit.id from unit where unit.id = top
        union
        select unit.id from unit join within on unit.parent_id = within.id
    )
    select within.id from within
$$;

create table account (
    id                  uuid primary key,
    login               text not null,
    display_name        text not null,
    -- Argon2id in PHC form; the password itself is nowhere
    password_hash       text not null,
    role                text not null,
    -- the account sees this unit and everything below it
    unit_id             uuid not null references unit (id),
    failed_attempts     integer not null default 0,
    locked_until        timestamptz,
    disabled_at         timestamptz,
    password_changed_at timestamptz not null,
    created_at          timestamptz not null,
    constraint account_login_key unique (login),
    constraint account_login_check check (login = lower(login) and length(login) between 1 and 64)
);

-- A signed-in browser or a program's token: 256 random bits, of which only the hash is kept.
create table account_session (
    id           uuid primary key,
    token_sha256 bytea not null,
    account_id   uuid not null references account (id) on delete cascade,
    -- 'browser' (cookie, needs the CSRF token) or 'program' (bearer token)
    kind         text not null,
    -- what its owner calls a program's token; empty for a browser
    name         text not null,
    csrf_token   text not null,
    peer         text not null,
    user_agent   text not null,
    created_at   timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at   timestamptz not null,
    constraint account_session_token_key unique (token_sha256),
    constraint account_session_kind_check check (kind in ('browser', 'program'))
);
create index account_session_account_idx on account_session (account_id);

-- An answer already given, so that a caller who lost it may ask again.
create table idempotent_answer (
    account_id     uuid not null references account (id) on delete cascade,
    key            text not null,
    request_sha256 bytea not null,
    status         smallint not null,
    body           bytea not null,
    created_at     timestamptz not null,
    primary key (account_id, key)
);
