-- Cars under seal (封存) and what drivers learn (学习记录): both are written once and never changed. A sealed car is given to nobody,
-- whoever writes; a seal is opened by two.

create table vehicle_seal (
    id               uuid primary key,
    vehicle_id       uuid not null references vehicle (id),
    -- a name of `dispatch::seal::SealKind`
    kind             text not null,
    -- an ordinary seal has no end until it is opened, one over a holiday ends with it
    during           tstzrange not null,
    odometer_m       bigint,
    place            text not null,
    key_custodian    text not null,
    reason           text not null,
    approved_by      uuid not null references account (id),
    handled_by       uuid not null references account (id),
    created_at       timestamptz not null,
    opened_at        timestamptz,
    open_approved_by uuid references account (id),
    open_handled_by  uuid references account (id),
    open_odometer_m  bigint,
    open_reason      text,
    constraint vehicle_seal_kind_check check (kind in ('ordinary', 'holiday')),
    constraint vehicle_seal_during_check check (not isempty(during) and not lower_inf(during)),
    constraint vehicle_seal_odometer_check check (odometer_m >= 0 and open_odometer_m >= odometer_m),
    constraint vehicle_seal_opening_check check (
        (opened_at is null) = (open_approved_by is null)
        and (opened_at is null) = (open_handled_by is null)
        and (opened_at is null) = (coalesce(open_reason, '') = '')),
    constraint vehicle_seal_four_eyes_check check (open_approved_by <> open_handled_by),
    constraint vehicle_seal_excl exclude using gist (vehicle_id with =, during with &&)
);

-- A seal stays as it was put on; it is opened once, which ends it.
create function vehicle_seal_keep() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and old.opened_at is null and new.opened_at is not null
       and lower(new.during) = lower(old.during) and coalesce(upper(new.during) <= upper(old.during), not upper_inf(new.during))
       and (new.id, new.vehicle_id, new.kind, new.odometer_m, new.place, new.key_custodian, new.reason, new.approved_by, new.handled_by,
            new.created_at)
           is not distinct from
           (old.id, old.vehicle_id, old.kind, old.odometer_m, old.place, old.key_custodian, old.reason, old.approved_by, old.handled_by,
            old.created_at)
    then
        return new;
    end if;
    raise exception 'a seal is opened, and not changed otherwise' using errcode = 'insufficient_privilege';
end $$;
create trigger vehicle_seal_kept before update or delete on vehicle_seal for each row execute function vehicle_seal_keep();
create trigger vehicle_seal_kept_all before truncate on vehicle_seal for each statement execute function vehicle_seal_keep();

-- Orders and seals of one car wait for each other: of two that come at once, the second sees the first.
create function dispatch_order_unsealed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- Who is back early is taken for less.
    if tg_op = 'UPDATE' and new.vehicle_id = old.vehicle_id and new.taken <@ old.taken then
        return new;
    end if;
    perform from vehicle where id = new.vehicle_id for no key update;
    if exists (select from vehicle_seal s where s.vehicle_id = new.vehicle_id and s.during && new.taken) then
        raise exception 'the car is sealed at that time'
            using errcode = 'check_violation', constraint='dispatch_order_sealed_check', table = 'dispatch_order';
    end if;
    return new;
end $$;
create trigger dispatch_order_unsealed before insert or update of vehicle_id, taken on dispatch_order
    for each row when (new.state not in ('declined', 'cancelled')) execute function dispatch_order_unsealed();
create function vehicle_seal_unordered() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform from vehicle where id = new.vehicle_id for no key update;
    -- A car that is still on the road is not there to be sealed, whatever its order planned.
    if exists (select from dispatch_order o
               where o.vehicle_id = new.vehicle_id
                 and (o.state in ('issued', 'accepted', 'underway', 'waiting') and o.taken && new.during
                      or o.state in ('underway', 'waiting') and lower(new.during) <= new.created_at))
    then
        raise exception 'the car is ordered at that time'
            using errcode = 'check_violation', constraint='vehicle_seal_ordered_check', table = 'vehicle_seal';
    end if;
    return new;
end $$;
create trigger vehicle_seal_unordered before insert on vehicle_seal for each row execute function vehicle_seal_unordered();
revoke execute on function vehicle_seal_keep(), dispatch_order_unsealed(), vehicle_seal_unordered() from public;

-- Cars that stay in use over a holiday although the others are sealed (节假日用车报备), and why.
create table holiday_use (
    id          uuid primary key,
    vehicle_id  uuid not null references vehicle (id),
    during      tstzrange not null,
    reason      text not null,
    approved_by uuid not null references account (id),
    handled_by  uuid not null references account (id),
    created_at  timestamptz not null,
    constraint holiday_use_during_check check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
    constraint holiday_use_excl exclude using gist (vehicle_id with =, during with &&)
);

create table driver_study (
    id          uuid primary key,
    driver_id   uuid not null references driver (id),
    on_day      date not null,
    topic       text not null,
    minutes     integer not null,
    recorded_by uuid not null references account (id),
    created_at  timestamptz not null,
    constraint driver_study_minutes_check check (minutes between 1 and 1440),
    -- who sends it again because the answer was lost is told so
    constraint driver_study_key unique (driver_id, on_day, topic)
);

alter table vehicle_seal enable row level security;
create policy vehicle_seal_scope on vehicle_seal to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from vehicle v where v.id = vehicle_seal.vehicle_id));
alter table holiday_use enable row level security;
create policy holiday_use_scope on holiday_use to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from vehicle v where v.id = holiday_use.vehicle_id));
alter table driver_study enable row level security;
create policy driver_study_scope on driver_study to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from driver d where d.id = driver_study.driver_id));
grant select, insert, update (during, opened_at, open_approved_by, open_handled_by, open_odometer_m, open_reason) on vehicle_seal
    to motorpool_web;
grant select, insert on holiday_use, driver_study to motorpool_web;
