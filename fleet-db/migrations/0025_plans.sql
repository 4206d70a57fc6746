-- Recurring plans (周期用车) with their routes and days, and what goes wrong on the road (事故与违章): a plan is decided on once and its
-- days become requests by themselves, each exactly once; a case stands with its order, driver, car and insurance until it is closed.

-- More papers have numbers: ZQ for plans, SG for accidents, WZ for violations.
alter table paper_number drop constraint paper_number_kind_check;
alter table paper_number add constraint paper_number_kind_check check (kind ~ '^[A-Z]{2}$');

-- A way with a name (固定路线), for plans of the unit and those below.
create table trip_route (
    id         uuid primary key,
    unit_id    uuid not null references unit (id),
    name       text not null,
    -- `dispatch::trip::plan::Way`
    way        jsonb not null,
    created_by uuid not null references account (id),
    created_at timestamptz not null,
    retired_at timestamptz
);
create unique index trip_route_name_key on trip_route (unit_id, name) where retired_at is null;

create table trip_plan (
    id               uuid primary key,
    number           text not null,
    name             text not null,
    -- the unit that travels, and the fleet that is asked for cars
    unit_id          uuid not null references unit (id),
    dispatch_unit_id uuid not null references unit (id),
    -- who asked for it and is told what becomes of it
    keeper_id        uuid not null references account (id),
    state            text not null,
    -- the flow of the version that waits or was decided on last
    steps            jsonb not null,
    -- the step that is waited for, from 0
    step             smallint not null,
    -- a trip that begins before this is not expected: the plan was approved, or went on, no earlier
    counts_from      timestamptz,
    -- the first day that is left out by a pause, and by the end
    paused_from      date,
    ended_from       date,
    created_at       timestamptz not null,
    changed_at       timestamptz not null,
    constraint trip_plan_state_check check (
        state in ('submitted', 'running', 'changing', 'paused', 'ended', 'rejected', 'withdrawn')
        and (state = 'paused') = (paused_from is not null)
        and (state = 'ended') = (ended_from is not null)
        and (counts_from is not null or state in ('submitted', 'rejected', 'withdrawn')))
);
create unique index trip_plan_number_idx on trip_plan (number);
create index trip_plan_unit_idx on trip_plan (unit_id);
create index trip_plan_running_idx on trip_plan (state) where state in ('running', 'changing', 'paused', 'ended');

-- What a plan asks for, from a day on. What was decided on is never changed: a change is another version.
create table trip_plan_version (
    plan_id    uuid not null references trip_plan (id),
    version    smallint not null,
    -- the first day on which it holds
    from_on    date not null,
    -- `dispatch::trip::plan::PlanTrip` and `Schedule`
    trip       jsonb not null,
    schedule   jsonb not null,
    -- whose way it was when it was written; the way itself stands in `trip`
    route_id   uuid references trip_route (id),
    -- the car and the driver that are wished for
    vehicle_id uuid references vehicle (id),
    driver_id  uuid references driver (id),
    state      text not null,
    written_by uuid not null references account (id),
    written_at timestamptz not null,
    decided_by uuid references account (id),
    decided_at timestamptz,
    primary key (plan_id, version),
    constraint trip_plan_version_state_check check (
        state in ('submitted', 'approved', 'rejected', 'withdrawn')
        and (state = 'submitted') = (decided_at is null) and (decided_by is null) = (decided_at is null))
);
-- One change waits at a time.
create unique index trip_plan_version_waiting_key on trip_plan_version (plan_id) where state = 'submitted';

-- What was done to a plan, as it came.
create table trip_plan_step (
    id      uuid primary key,
    plan_id uuid not null references trip_plan (id),
    version smallint not null,
    action  text not null,
    by      uuid not null references account (id),
    at      timestamptz not null,
    -- the day that it is about, or from which on it holds
    day     date,
    opinion text not null,
    seq     bigint generated always as identity
);
create index trip_plan_step_plan_idx on trip_plan_step (plan_id, seq);

-- A day of a plan (计划趟次): one row a plan and day, so that a day becomes a request once, however many services look and however often
-- they start anew.
create table trip_plan_day (
    plan_id     uuid not null references trip_plan (id),
    day         date not null,
    version     smallint not null,
    -- planned beginning and end
    begins_at   timestamptz not null,
    ends_at     timestamptz not null,
    -- null: skipped, or there was none
    request_id  uuid references trip_request (id),
    -- the wished car and driver were asked about, with what came of it
    tried_at    timestamptz,
    -- why they were not given, or why there is no request: a code
    refused     text,
    skipped_at  timestamptz,
    skipped_by  uuid references account (id),
    skip_reason text,
    -- it was not driven
    missed_at   timestamptz,
    missed_why  text,
    constraint trip_plan_day_key primary key (plan_id, day),
    constraint trip_plan_day_check check (
        ends_at > begins_at
        and (skipped_at is null) = (skipped_by is null) and (skipped_at is null) = (coalesce(skip_reason, '') = '')
        and (missed_at is null) = (missed_why is null)
        and missed_why in ('no_request', 'no_car', 'declined', 'not_accepted', 'not_departed', 'called_off'))
);
create unique index trip_plan_day_request_idx on trip_plan_day (request_id);
create index trip_plan_day_open_idx on trip_plan_day (ends_at) where missed_at is null and skipped_at is null;
create index trip_plan_day_untried_idx on trip_plan_day (begins_at) where tried_at is null and request_id is not null;

create trigger trip_plan_step_kept before update or delete on trip_plan_step for each row execute function trip_paper_kept();
create trigger trip_plan_step_kept_all before truncate on trip_plan_step for each statement execute function trip_paper_kept();
create trigger trip_plan_changed after insert or update on trip_plan for each statement execute function trip_paper_changed();

-- Ways of superiors are ways of those below.
alter table trip_route enable row level security;
create policy trip_route_scope on trip_route to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = trip_route.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
create policy trip_route_superior on trip_route for select to motorpool_web using (
    exists (select from unit_closure c where c.ancestor_id = trip_route.unit_id and c.unit_id = any ((select motorpool_scope())::uuid[])));
-- A plan is seen where it comes from, where cars are asked for, and by who keeps it; what hangs on it is seen with it.
alter table trip_plan enable row level security;
create policy trip_plan_scope on trip_plan to motorpool_web using (
    (select motorpool_sees_all())
    or keeper_id = (select motorpool_account())
    or exists (select from unit_closure c
               where c.unit_id in (trip_plan.unit_id, trip_plan.dispatch_unit_id)
                 and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table trip_plan_version enable row level security;
create policy trip_plan_version_scope on trip_plan_version to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from trip_plan p where p.id = trip_plan_version.plan_id));
alter table trip_plan_step enable row level security;
create policy trip_plan_step_scope on trip_plan_step to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from trip_plan p where p.id = trip_plan_step.plan_id));
alter table trip_plan_day enable row level security;
create policy trip_plan_day_scope on trip_plan_day to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from trip_plan p where p.id = trip_plan_day.plan_id));
grant select, insert, update (retired_at) on trip_route to motorpool_web;
grant select, insert, update on trip_plan to motorpool_web;
grant select, insert, update (state, decided_by, decided_at) on trip_plan_version to motorpool_web;
grant select, insert on trip_plan_step to motorpool_web;
-- A day that is called off ahead of time may come again: after a pause, or as another version has it.
grant select, insert, update, delete on trip_plan_day to motorpool_web;

-- A wished car and driver are those of the fleet that is asked; who wishes need not see the register of that fleet.
create function trip_plan_car_is_of(car uuid, fleet uuid[]) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from vehicle v join unit_closure c on c.unit_id = v.unit_id
                   where v.id = car and c.ancestor_id = any (fleet) and v.status <> 'disposed')
$$;
create function trip_plan_driver_is_of(asked uuid, fleet uuid[]) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from driver d join unit_closure c on c.unit_id = d.unit_id
                   where d.id = asked and c.ancestor_id = any (fleet) and d.status <> 'left')
$$;
revoke execute on function trip_plan_car_is_of(uuid, uuid[]), trip_plan_driver_is_of(uuid, uuid[]) from public;
grant execute on function trip_plan_car_is_of(uuid, uuid[]), trip_plan_driver_is_of(uuid, uuid[]) to motorpool_web;

-- Orders that a car's own way may move: looked at every few seconds.
create index dispatch_order_moving_idx on dispatch_order (vehicle_no) where state in ('accepted', 'underway', 'waiting');

-- An accident (事故案件) of a car, with the order and the driver that it happened to, and the insurance that pays.
create table accident_case (
    id              uuid primary key,
    number          text not null,
    -- the car's unit at that time
    unit_id         uuid not null references unit (id),
    vehicle_id      uuid not null references vehicle (id),
    order_id        uuid references dispatch_order (id),
    driver_id       uuid references driver (id),
    at              timestamptz not null,
    -- null: not known, or the car is exempt from tracking
    place           geometry (point, 4326),
    place_name      text not null,
    kind            text not null,
    injured         smallint not null,
    what            text not null,
    liability       text not null,
    insurer         text not null,
    policy_number   text not null,
    claim_number    text not null,
    -- damage to the own car and to others, and what the insurer paid; null: not known
    damage_fen      bigint,
    third_party_fen bigint,
    paid_fen        bigint,
    state           text not null,
    reported_by     uuid not null references account (id),
    reported_at     timestamptz not null,
    changed_at      timestamptz not null,
    -- the device's own name of the report
    key             text,
    constraint accident_case_report_key unique (order_id, key),
    constraint accident_case_check check (
        kind in ('collision', 'rear_end', 'scrape', 'single', 'person', 'other')
        and liability in ('pending', 'full', 'main', 'equal', 'minor', 'none')
        and injured between 0 and 999
        and damage_fen >= 0 and third_party_fen >= 0 and paid_fen >= 0),
    constraint accident_case_state_check check (
        state in ('reported', 'open', 'claimed', 'closed', 'dismissed')
        and (state <> 'claimed' or (insurer <> '' and claim_number <> ''))
        and (state <> 'closed' or liability <> 'pending'))
);
create unique index accident_case_number_idx on accident_case (number);
create index accident_case_unit_idx on accident_case (unit_id, id desc);
create index accident_case_vehicle_idx on accident_case (vehicle_id);

-- A violation (违章记录): what the police wrote down. Its fine is shown and is paid by who drove, never by the unit.
create table violation_case (
    id            uuid primary key,
    number        text not null,
    unit_id       uuid not null references unit (id),
    vehicle_id    uuid not null references vehicle (id),
    order_id      uuid references dispatch_order (id),
    driver_id     uuid references driver (id),
    at            timestamptz not null,
    place_name    text not null,
    -- of the list of the traffic police (GA/T 16.31), four or five digits, with a letter where a place has its own
    code          text not null,
    what          text not null,
    points        smallint not null,
    fine_fen      bigint not null,
    notice_number text not null,
    state         text not null,
    entered_by    uuid not null references account (id),
    entered_at    timestamptz not null,
    changed_at    timestamptz not null,
    -- the same one comes by several ways: by the notice, by a table, by the platform of the police
    constraint violation_case_once_key unique (vehicle_id, at, code),
    constraint violation_case_check check (
        code ~ '^[0-9]{4,5}[A-Z]?$' and points between 0 and 12 and fine_fen between 0 and 10000000
        and state in ('open', 'appealed', 'handled', 'revoked'))
);
create unique index violation_case_number_idx on violation_case (number);
create index violation_case_unit_idx on violation_case (unit_id, id desc);
create index violation_case_vehicle_idx on violation_case (vehicle_id, at desc);

-- What was done about one of them, as it came.
create table incident_step (
    id           uuid primary key,
    accident_id  uuid references accident_case (id),
    violation_id uuid references violation_case (id),
    from_state   text not null,
    action       text not null,
    to_state     text not null,
    by           uuid not null references account (id),
    at           timestamptz not null,
    text         text not null,
    seq          bigint generated always as identity,
    constraint incident_step_about_check check (num_nonnulls(accident_id, violation_id) = 1)
);
create index incident_step_accident_idx on incident_step (accident_id, seq) where accident_id is not null;
create index incident_step_violation_idx on incident_step (violation_id, seq) where violation_id is not null;
create trigger incident_step_kept before update or delete on incident_step for each row execute function trip_paper_kept();
create trigger incident_step_kept_all before truncate on incident_step for each statement execute function trip_paper_kept();

-- The photographs of an accident are papers of its car. The link comes first, so that who may see the accident may bring them: the
-- driver does not see the car otherwise.
create table accident_photo (
    document_id uuid primary key references vehicle_document (id) deferrable initially deferred,
    accident_id uuid not null references accident_case (id),
    -- the device's own name of the picture
    key         text not null,
    constraint accident_photo_key unique (accident_id, key)
);
create trigger accident_photo_kept before update or delete on accident_photo for each row execute function trip_paper_kept();
create trigger accident_photo_kept_all before truncate on accident_photo for each statement execute function trip_paper_kept();

-- Of a car that is exempt from tracking an accident has no place.
create function accident_placed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from vehicle v where v.id = new.vehicle_id and vehicle_is_exempt(v.no, null, null, new.at)) then
        new.place := null;
        new.place_name := '';
    end if;
    return new;
end $$;
revoke execute on function accident_placed() from public;
create trigger accident_placed before insert or update on accident_case for each row execute function accident_placed();

alter table accident_case enable row level security;
create policy accident_case_scope on accident_case to motorpool_web using (
    (select motorpool_sees_all())
    or reported_by = (select motorpool_account())
    or exists (select from unit_closure c where c.unit_id = accident_case.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table violation_case enable row level security;
create policy violation_case_scope on violation_case to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = violation_case.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table incident_step enable row level security;
create policy incident_step_scope on incident_step to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from accident_case a where a.id = incident_step.accident_id)
    or exists (select from violation_case c where c.id = incident_step.violation_id));
alter table accident_photo enable row level security;
create policy accident_photo_scope on accident_photo to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from accident_case a where a.id = accident_photo.accident_id));
create policy vehicle_document_accident on vehicle_document for select to motorpool_web using (
    exists (select from accident_photo p where p.document_id = vehicle_document.id));
create policy vehicle_document_accident_brought on vehicle_document for insert to motorpool_web with check (
    exists (select from accident_photo p where p.document_id = vehicle_document.id));
grant select, insert, update on accident_case, violation_case to motorpool_web;
grant select, insert on incident_step, accident_photo to motorpool_web;
