-- The driver's terminal (驾驶员终端): what was found when the car was looked over, the defects that keep it from driving, calls for help,
-- and where the telephone was while it was on a task. Where it is at any other time is nobody's business and is refused here.

-- A look over the car before or after a trip (出车前、收车后检查).
create table order_check (
    id          uuid primary key,
    order_id    uuid not null references dispatch_order (id),
    vehicle_id  uuid not null references vehicle (id),
    kind        text not null,
    -- what was looked at and whether it was well: names of `dispatch::trip::check::CheckItem`
    items       jsonb not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    by          uuid not null references account (id),
    -- the device's own name of it
    key         text not null,
    constraint order_check_key unique (order_id, key),
    constraint order_check_kind_check check (kind in ('pre_trip', 'post_trip'))
);

-- What was not well (车辆故障), open until somebody who keeps the car says what was done about it.
create table vehicle_defect (
    id           uuid primary key,
    vehicle_id   uuid not null references vehicle (id),
    check_id     uuid not null references order_check (id),
    item         text not null,
    note         text not null,
    -- nobody drives off with it
    is_safety    boolean not null,
    reported_at  timestamptz not null,
    reported_by  uuid not null references account (id),
    closed_at    timestamptz,
    closed_by    uuid references account (id),
    close_reason text,
    constraint vehicle_defect_closing_check check (
        (closed_at is null) = (closed_by is null) and (closed_at is null) = (coalesce(close_reason, '') = ''))
);
create index vehicle_defect_vehicle_idx on vehicle_defect (vehicle_id, reported_at desc);
create index vehicle_defect_open_idx on vehicle_defect (vehicle_id) where closed_at is null;

-- A call for help (紧急求助) from the driver's telephone; its key is that of the alarm which it raises.
create table order_sos (
    id          uuid primary key,
    order_id    uuid not null references dispatch_order (id),
    kind        text not null,
    at          timestamptz not null,
    recorded_at timestamptz not null,
    by          uuid not null references account (id),
    -- null: the telephone did not know, or the car is exempt from tracking
    place       geometry (point, 4326),
    key         text not null,
    constraint order_sos_key unique (order_id, key),
    constraint order_sos_kind_check check (kind in ('help', 'accident'))
);

-- Where the driver's telephone was on a task (任务期间手机定位).
create table driver_position (
    order_id    uuid not null references dispatch_order (id),
    at          timestamptz not null,
    recorded_at timestamptz not null,
    place       geometry (point, 4326) not null,
    speed_dkmh  smallint,
    accuracy_m  integer,
    primary key (order_id, at)
);

-- A car with a defect that is a danger does not drive off, whoever says that it does.
create function dispatch_order_departs() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from vehicle_defect d where d.vehicle_id = new.vehicle_id and d.is_safety and d.closed_at is null) then
        raise exception 'the car has an open defect that is a danger'
            using errcode = 'check_violation', constraint='dispatch_order_defect_check', table = 'dispatch_order';
    end if;
    return new;
end $$;
create trigger dispatch_order_departs before update on dispatch_order for each row
    when (new.state = 'underway' and old.state not in ('underway', 'waiting')) execute function dispatch_order_departs();
create trigger dispatch_order_begins before insert on dispatch_order for each row
    when (new.state = 'underway') execute function dispatch_order_departs();

-- No position without an open task, and none from before it; of a car that is exempt from tracking none at all, and nobody is told.
create function driver_position_open() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    car integer;
begin
    select o.vehicle_no into car from dispatch_order o
    where o.id = new.order_id and o.state in ('underway', 'waiting') and new.at >= o.departed_at;
    if not found then
        raise exception 'a telephone has a place on an open task alone'
            using errcode = 'check_violation', constraint='driver_position_open_check', table = 'driver_position';
    end if;
    return case when vehicle_is_exempt(car, null, null, new.at) then null else new end;
end $$;
create trigger driver_position_open before insert or update on driver_position
    for each row execute function driver_position_open();

-- A call is a red alarm of its car that is over as soon as it was made. Of a car that is exempt it is told all the same, without the place.
create function order_sos_placed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from dispatch_order o where o.id = new.order_id and vehicle_is_exempt(o.vehicle_no, null, null, new.at)) then
        new.place := null;
    end if;
    return new;
end $$;
create function order_sos_raised() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into vehicle_alarm (id, vehicle_no, kind, source, colour, raised_at, cleared_at, place, replayed, detail, told_at)
    select new.id, o.vehicle_no, 'sos', 'driver', 'red', new.at, new.at, new.place, false,
           jsonb_build_object('order', o.number, 'kind', new.kind), new.recorded_at
    from dispatch_order o
    where o.id = new.order_id and not vehicle_is_exempt(o.vehicle_no, null, null, new.at);
    return null;
end $$;
create trigger order_sos_placed before insert on order_sos for each row execute function order_sos_placed();
create trigger order_sos_raised after insert on order_sos for each row execute function order_sos_raised();
alter table vehicle_alarm
    drop constraint vehicle_alarm_source_check,
    add constraint vehicle_alarm_source_check check (source in ('device', 'rule', 'driver'));

-- What was seen and called stands.
create trigger order_check_kept before update or delete on order_check for each row execute function trip_paper_kept();
create trigger order_check_kept_all before truncate on order_check for each statement execute function trip_paper_kept();
create trigger order_sos_kept before update or delete on order_sos for each row execute function trip_paper_kept();
create trigger order_sos_kept_all before truncate on order_sos for each statement execute function trip_paper_kept();
revoke execute on function dispatch_order_departs(), driver_position_open(), order_sos_placed(), order_sos_raised() from public;

-- What hangs on an order is seen with it.
alter table order_check enable row level security;
create policy order_check_scope on order_check to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from dispatch_order o where o.id = order_check.order_id));
alter table order_sos enable row level security;
create policy order_sos_scope on order_sos to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from dispatch_order o where o.id = order_sos.order_id));
alter table driver_position enable row level security;
create policy driver_position_scope on driver_position to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from dispatch_order o where o.id = driver_position.order_id));
-- A defect is the business of whoever keeps the car, and of whoever found it or is to drive with it.
alter table vehicle_defect enable row level security;
create policy vehicle_defect_scope on vehicle_defect to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from vehicle v where v.id = vehicle_defect.vehicle_id)
    or exists (select from dispatch_order o
               join driver d on d.id = o.driver_id
               where o.vehicle_id = vehicle_defect.vehicle_id and d.account_id = (select motorpool_account())));
grant select, insert on order_check, order_sos, driver_position to motorpool_web;
grant select, insert, update (closed_at, closed_by, close_reason) on vehicle_defect to motorpool_web;

-- What the car's own terminal says of its odometer, for the driver of an order and nobody else who may not see the car.
create function order_odometer_m(asked uuid) returns double precision language sql stable security definer set search_path = public, pg_temp as $$
    select (l.state -> 'reading' ->> 'odometer')::double precision
    from dispatch_order o
    join driver d on d.id = o.driver_id and d.account_id = motorpool_account()
    join vehicle_live l on l.vehicle_no = o.vehicle_no
    where o.id = asked and o.vehicle_no <> all (motorpool_exempt())
$$;
revoke execute on function order_odometer_m(uuid) from public;
grant execute on function order_odometer_m(uuid) to motorpool_web;
