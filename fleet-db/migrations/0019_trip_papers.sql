-- The papers of a trip (用车单据): request, approvals, dispatch order and what the driver did, each moved by its table of legal moves.
-- What must never be is refused here, whoever writes: two orders of one car or one driver at a time, two at once on the road.

-- Numbers that people read (YC-330106-2026-17, PC-…): counted for each division and year, without gaps.
create table paper_number (
    region_code text not null,
    year        smallint not null,
    kind        text not null,
    last        integer not null,
    primary key (region_code, year, kind),
    constraint paper_number_kind_check check (kind in ('YC', 'PC'))
);
create function paper_number_next(of_unit uuid, of_year integer, of_kind text) returns text
language sql security definer set search_path = public, pg_temp as $$
    insert into paper_number as n (region_code, year, kind, last)
    select region_code, of_year, of_kind, 1 from unit where id = of_unit
    on conflict (region_code, year, kind) do update set last = n.last + 1
    returning of_kind || '-' || n.region_code || '-' || n.year || '-' || n.last
$$;
revoke execute on function paper_number_next(uuid, integer, text) from public;
grant execute on function paper_number_next(uuid, integer, text) to motorpool_web;

-- How requests of a unit and those below are decided (审批流程): the nearest flow that fits, the one with the lowest rank first.
create table approval_flow (
    id          uuid primary key,
    unit_id     uuid not null references unit (id),
    name        text not null,
    rank        smallint not null,
    -- conditions and steps: `dispatch::trip::flow::Flow`
    flow        jsonb not null,
    created_by  uuid not null references account (id),
    created_at  timestamptz not null,
    retired_at  timestamptz,
    constraint approval_flow_rank_check check (rank between 1 and 99)
);
create unique index approval_flow_name_key on approval_flow (unit_id, name) where retired_at is null;

create table trip_request (
    id              uuid primary key,
    number          text not null,
    -- the unit that travels
    unit_id         uuid not null references unit (id),
    -- the fleet that is asked for a car: the unit itself, or a pool that serves it
    dispatch_unit_id uuid not null references unit (id),
    applicant_id    uuid not null references account (id),
    state           text not null,
    -- what is asked for: `dispatch::trip::request::Wish`
    reason          text not null,
    purpose         text not null,
    is_confidential boolean not null,
    is_emergency    boolean not null,
    is_poolable     boolean not null,
    category        text not null,
    seats           smallint not null,
    passengers      jsonb not null,
    passenger_count smallint not null,
    vehicle_count   smallint not null,
    from_name       text not null,
    from_place      geometry (point, 4326) not null,
    to_name         text not null,
    to_place        geometry (point, 4326) not null,
    stops           jsonb not null,
    is_round_trip   boolean not null,
    planned         tstzrange not null,
    wanted_vehicle_id uuid references vehicle (id),
    note            text not null,
    -- reckoned when it was handed in
    distance_m      integer not null,
    estimate_fen    bigint not null,
    -- the flow as it was when it was handed in; empty while it is a draft
    steps           jsonb not null,
    -- the step that is waited for, from 0
    step            smallint not null,
    -- how often it was handed in
    round           smallint not null,
    ratify_by       timestamptz,
    ratified_at     timestamptz,
    created_at      timestamptz not null,
    submitted_at    timestamptz,
    decided_at      timestamptz,
    changed_at      timestamptz not null,
    constraint trip_request_number_key unique (number),
    constraint trip_request_state_check check (
        state in ('draft', 'submitted', 'approved', 'ordered', 'closed', 'rejected', 'withdrawn', 'cancelled')),
    constraint trip_request_planned_check check (not isempty(planned) and not lower_inf(planned) and not upper_inf(planned)),
    constraint trip_request_count_check check (vehicle_count between 1 and 20 and passenger_count between 0 and 400),
    constraint trip_request_seats_check check (seats between 1 and 99),
    constraint trip_request_ratify_check check (ratify_by is null or is_emergency)
);
create index trip_request_unit_idx on trip_request (unit_id, created_at desc, id desc);
create index trip_request_dispatch_idx on trip_request (dispatch_unit_id, state);
create index trip_request_applicant_idx on trip_request (applicant_id, created_at desc);
create index trip_request_open_idx on trip_request (state, changed_at) where state in ('submitted', 'approved');
create index trip_request_ratify_idx on trip_request (ratify_by) where ratify_by is not null and ratified_at is null;

-- What was decided on a request, one row a decision, never changed (审批意见).
create table trip_approval (
    id          uuid primary key,
    request_id  uuid not null references trip_request (id),
    round       smallint not null,
    step        smallint not null,
    action      text not null,
    by          uuid references account (id),
    -- held for somebody else
    at          timestamptz not null,
    opinion     text not null,
    -- of a decision that was taken back within the time for it
    undone_at   timestamptz,
    -- as they came: several may fall into one instant
    seq         bigint generated always as identity,
    constraint trip_approval_action_check check (
        action in ('approved', 'rejected', 'returned', 'added_signer', 'transferred', 'escalated', 'ratified'))
);
-- A step is decided once a round: two that decide at the same moment do not both count.
create unique index trip_approval_step_key on trip_approval (request_id, round, step)
    where action in ('approved', 'rejected', 'returned', 'ratified') and undone_at is null;
create index trip_approval_by_idx on trip_approval (by, at desc);

create table dispatch_order (
    id             uuid primary key,
    number         text not null,
    request_id     uuid not null references trip_request (id),
    -- the unit that travels, and the unit whose car it is
    unit_id        uuid not null references unit (id),
    fleet_unit_id  uuid not null references unit (id),
    vehicle_id     uuid not null references vehicle (id),
    vehicle_no     integer not null references vehicle (no),
    driver_id      uuid not null references driver (id),
    state          text not null,
    -- the time for which car and driver are taken; its end moves forward when they are back early
    taken          tstzrange not null,
    -- a car of another class than was asked for, and why
    substitution   text,
    issued_by      uuid not null references account (id),
    issued_at      timestamptz not null,
    accepted_at    timestamptz,
    departed_at    timestamptz,
    arrived_at     timestamptz,
    waiting_since  timestamptz,
    waited_s       integer not null default 0,
    returned_at    timestamptz,
    settled_at     timestamptz,
    depart_odometer_m bigint,
    return_odometer_m bigint,
    end_reason     text,
    changed_at     timestamptz not null,
    constraint dispatch_order_number_key unique (number),
    constraint dispatch_order_state_check check (
        state in ('issued', 'accepted', 'underway', 'waiting', 'returned', 'settled', 'declined', 'cancelled')),
    constraint dispatch_order_odometer_check check (return_odometer_m >= depart_odometer_m),
    constraint dispatch_order_end_check check (state not in ('declined', 'cancelled') or coalesce(end_reason, '') <> ''),
    constraint dispatch_order_vehicle_excl exclude using gist (vehicle_id with =, taken with &&)
        where (state not in ('declined', 'cancelled')),
    constraint dispatch_order_driver_excl exclude using gist (driver_id with =, taken with &&)
        where (state not in ('declined', 'cancelled'))
);
-- One driver a car on the road, one car a driver, whatever the plans were.
create unique index dispatch_order_vehicle_underway_key on dispatch_order (vehicle_id) where state in ('underway', 'waiting');
create unique index dispatch_order_driver_underway_key on dispatch_order (driver_id) where state in ('underway', 'waiting');
create index dispatch_order_request_idx on dispatch_order (request_id);
create index dispatch_order_unit_idx on dispatch_order (unit_id, issued_at desc, id desc);
create index dispatch_order_fleet_idx on dispatch_order (fleet_unit_id, issued_at desc, id desc);
create index dispatch_order_driver_idx on dispatch_order (driver_id, state);
create index dispatch_order_returned_idx on dispatch_order (returned_at) where returned_at is not null;

-- People of another request who ride along with an order (拼车). Who gets out again before it leaves is marked so.
create table trip_ride (
    order_id   uuid not null references dispatch_order (id),
    request_id uuid not null references trip_request (id),
    passengers smallint not null,
    joined_by  uuid not null references account (id),
    joined_at  timestamptz not null,
    left_at    timestamptz,
    primary key (order_id, request_id)
);
-- One rides with one car.
create unique index trip_ride_request_key on trip_ride (request_id) where left_at is null;

-- The trip's journal (行车日志): each thing that happened to an order, as it came; `key` is the device's own name of the action.
create table dispatch_order_step (
    id          uuid primary key,
    order_id    uuid not null references dispatch_order (id),
    action      text not null,
    -- when it happened, and when we heard of it
    at          timestamptz not null,
    recorded_at timestamptz not null,
    by          uuid references account (id),
    odometer_m  bigint,
    place       geometry (point, 4326),
    reason      text not null,
    key         text,
    -- as they came: several may fall into one instant
    seq         bigint generated always as identity,
    constraint dispatch_order_step_key unique (order_id, key)
);
create index dispatch_order_step_order_idx on dispatch_order_step (order_id, recorded_at);

-- Decisions and the journal are written once; of a decision only that it was taken back is added.
create function trip_paper_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and tg_table_name = 'trip_approval' then
        if old.undone_at is null and new.undone_at is not null
           and (new.id, new.request_id, new.round, new.step, new.action, new."by", new.at, new.opinion, new.seq)
               is not distinct from (old.id, old.request_id, old.round, old.step, old.action, old."by", old.at, old.opinion, old.seq)
        then
            return new;
        end if;
    end if;
    raise exception 'what was done stands' using errcode = 'insufficient_privilege';
end $$;
revoke execute on function trip_paper_kept() from public;
create trigger trip_approval_kept before update or delete on trip_approval for each row execute function trip_paper_kept();
create trigger trip_approval_kept_all before truncate on trip_approval for each statement execute function trip_paper_kept();
create trigger dispatch_order_step_kept before update or delete on dispatch_order_step
    for each row execute function trip_paper_kept();
create trigger dispatch_order_step_kept_all before truncate on dispatch_order_step
    for each statement execute function trip_paper_kept();

-- Whoever looks at papers is told when there is something new, by unit.
create function trip_paper_changed() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_notify('trip_paper_changed', '');
    return null;
end $$;
create trigger trip_request_changed after insert or update on trip_request
    for each statement execute function trip_paper_changed();
create trigger dispatch_order_changed after insert or update on dispatch_order
    for each statement execute function trip_paper_changed();

-- Flows of superiors hold below, and are read there.
alter table approval_flow enable row level security;
create policy approval_flow_scope on approval_flow to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = approval_flow.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
create policy approval_flow_superior on approval_flow for select to motorpool_web using (
    exists (select from unit_closure c where c.ancestor_id = approval_flow.unit_id and c.unit_id = any ((select motorpool_scope())::uuid[])));
-- A request is seen where it comes from, where a car is asked for, and by who asked.
alter table trip_request enable row level security;
create policy trip_request_scope on trip_request to motorpool_web using (
    (select motorpool_sees_all())
    or applicant_id = (select motorpool_account())
    or exists (select from unit_closure c
               where c.unit_id in (trip_request.unit_id, trip_request.dispatch_unit_id)
                 and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
-- An order is seen where the people and where the car come from, and by its driver.
alter table dispatch_order enable row level security;
create policy dispatch_order_scope on dispatch_order to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c
               where c.unit_id in (dispatch_order.unit_id, dispatch_order.fleet_unit_id)
                 and c.ancestor_id = any ((select motorpool_scope())::uuid[]))
    or exists (select from driver d where d.id = dispatch_order.driver_id and d.account_id = (select motorpool_account())));
-- Who asked for a trip sees the car that comes, and who drives sees whom to drive: both without the register of a unit.
create function trip_is_mine(asked uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from trip_request r where r.id = asked and r.applicant_id = motorpool_account())
$$;
create function trip_is_driven(asked uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from dispatch_order o join driver d on d.id = o.driver_id
                   where d.account_id = motorpool_account()
                     and (o.request_id = asked
                          or exists (select from trip_ride t where t.order_id = o.id and t.request_id = asked and t.left_at is null)))
$$;
revoke execute on function trip_is_mine(uuid), trip_is_driven(uuid) from public;
grant execute on function trip_is_mine(uuid), trip_is_driven(uuid) to motorpool_web;
create policy dispatch_order_mine on dispatch_order for select to motorpool_web using (trip_is_mine(request_id));
-- Who rides along sees the order with the car that comes.
create function trip_rides_along(asked uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from trip_ride t
                   join trip_request r on r.id = t.request_id
                   where t.order_id = asked and t.left_at is null
                     and (r.applicant_id = motorpool_account()
                          or exists (select from unit_closure c where c.unit_id = r.unit_id and c.ancestor_id = any (motorpool_scope()))))
$$;
create function trip_riders(asked uuid) returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(request_id order by joined_at), '{}') from trip_ride where order_id = asked and left_at is null
$$;
revoke execute on function trip_rides_along(uuid), trip_riders(uuid) from public;
grant execute on function trip_rides_along(uuid), trip_riders(uuid) to motorpool_web;
create policy dispatch_order_riding on dispatch_order for select to motorpool_web using (trip_rides_along(id));
alter table trip_ride enable row level security;
create policy trip_ride_scope on trip_ride to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from trip_request r where r.id = trip_ride.request_id)
    or exists (select from dispatch_order o where o.id = trip_ride.order_id));
grant select, insert, update on trip_ride to motorpool_web;
create policy trip_request_driven on trip_request to motorpool_web using (trip_is_driven(id));
-- Who decides over a unit: the holders of the right in the nearest unit, itself first, where somebody else than `but` holds it.
create function trip_decider(of_unit uuid, but uuid, at_instant timestamptz) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select c.ancestor_id
    from unit_closure c
    where c.unit_id = of_unit
      and exists (select from account_grant g
                  join account a on a.id = g.account_id and a.disabled_at is null
                  where g.unit_id = c.ancestor_id and g.role = 'unit_leader' and g.during @> at_instant and g.account_id <> but
                    and (g.functions is null or 'approve_trips' = any (g.functions)))
    order by c.depth
    limit 1
$$;
revoke execute on function trip_decider(uuid, uuid, timestamptz) from public;
grant execute on function trip_decider(uuid, uuid, timestamptz) to motorpool_web;
-- What hangs on a paper is seen with it.
alter table trip_approval enable row level security;
create policy trip_approval_scope on trip_approval to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from trip_request r where r.id = trip_approval.request_id));
alter table dispatch_order_step enable row level security;
create policy dispatch_order_step_scope on dispatch_order_step to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from dispatch_order o where o.id = dispatch_order_step.order_id));
grant select, insert, update on trip_request, dispatch_order, approval_flow to motorpool_web;
grant select, insert, update (undone_at) on trip_approval to motorpool_web;
grant select, insert on dispatch_order_step to motorpool_web;
-- A plate and a driver's name go with an order to whoever may see that, wherever the car belongs.
create function vehicle_label(asked uuid) returns table (plate text, model text, seats smallint)
language sql stable security definer set search_path = public, pg_temp as $$
    select v.plate, v.model, v.seats from vehicle v where v.id = asked
$$;
create function driver_label(asked uuid) returns table (name text, phone text, account_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select d.name, d.phone, d.account_id from driver d where d.id = asked
$$;
create function unit_label(asked uuid) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select name from unit where id = asked
$$;
revoke execute on function vehicle_label(uuid), driver_label(uuid), unit_label(uuid) from public;
grant execute on function vehicle_label(uuid), driver_label(uuid), unit_label(uuid) to motorpool_web;
