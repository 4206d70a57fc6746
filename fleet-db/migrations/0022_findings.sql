-- Findings (行程异常): where an observed trip is not what an order said, who explained it and how it ended; and the sensitive places.

-- Places at which an official car is not expected (敏感地点): of a unit, and of those below it.
create table sensitive_place (
    id         uuid primary key,
    unit_id    uuid not null references unit (id),
    name       text not null,
    -- one of the kinds that the register lists (`sensitive_places`)
    class      text not null,
    place      geometry (point, 4326) not null,
    radius_m   integer not null,
    created_by uuid not null references account (id),
    created_at timestamptz not null,
    constraint sensitive_place_name_key unique (unit_id, name),
    constraint sensitive_place_name_check check (char_length(name) between 1 and 60),
    constraint sensitive_place_radius_check check (radius_m between 20 and 2000)
);

create table trip_finding (
    -- rises with time, so that the newest come first
    id          uuid primary key,
    vehicle_id  uuid not null references vehicle (id),
    vehicle_no  integer not null references vehicle (no),
    -- a name of `dispatch::reconcile::FindingKind`
    kind        text not null,
    -- when it began: the same whenever it is worked out again
    at          timestamptz not null,
    order_id    uuid references dispatch_order (id),
    -- the trip that shows it, if it is still worked out so
    trip_id     uuid,
    measured    double precision not null,
    allowed     double precision not null,
    -- a name of `dispatch::rule::spec::Measure`
    measure     text not null,
    -- `dispatch::reconcile::FindingDetail`
    detail      jsonb not null,
    state       text not null default 'open',
    -- which head of article 26, once it is a violation
    head        smallint,
    found_at    timestamptz not null,
    -- by when it is explained; null: no time runs
    explain_by  timestamptz,
    changed_at  timestamptz not null,
    -- found once, however often it is looked for
    constraint trip_finding_key unique (vehicle_id, kind, at),
    constraint trip_finding_state_check check (state in ('open', 'explained', 'escalated', 'accepted', 'violation')),
    constraint trip_finding_head_check check ((state = 'violation') = (head is not null) and coalesce(head, 1) between 1 and 9)
);
create index trip_finding_state_idx on trip_finding (state, id desc);
create index trip_finding_order_idx on trip_finding (order_id) where order_id is not null;
create index trip_finding_due_idx on trip_finding (explain_by) where state = 'open';

-- What was said and decided, one row a step, never changed (异常处理记录).
create table trip_finding_step (
    id         uuid primary key,
    finding_id uuid not null references trip_finding (id),
    from_state text not null,
    action     text not null,
    to_state   text not null,
    -- null: the clock
    by         uuid references account (id),
    at         timestamptz not null,
    text       text not null,
    head       smallint,
    constraint trip_finding_step_action_check check (action in ('explain', 'escalate', 'accept', 'violation')),
    constraint trip_finding_step_said_check check (by is null or text <> '')
);
create index trip_finding_step_finding_idx on trip_finding_step (finding_id, at);
create function trip_finding_step_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'what was said of a finding stands' using errcode = 'insufficient_privilege';
end $$;
revoke execute on function trip_finding_step_kept() from public;
create trigger trip_finding_step_kept before update or delete on trip_finding_step
    for each row execute function trip_finding_step_kept();
create trigger trip_finding_step_kept_all before truncate on trip_finding_step
    for each statement execute function trip_finding_step_kept();
-- What was found stays as it was found while it is dealt with; it is not taken back.
create function trip_finding_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and (new.id, new.vehicle_id, new.vehicle_no, new.kind, new.at, new.found_at, new.explain_by)
           is not distinct from (old.id, old.vehicle_id, old.vehicle_no, old.kind, old.at, old.found_at, old.explain_by)
       and (old.state = 'open' or (new.measured, new.allowed, new.detail) is not distinct from (old.measured, old.allowed, old.detail))
    then
        return new;
    end if;
    raise exception 'what was found stands' using errcode = 'insufficient_privilege';
end $$;
revoke execute on function trip_finding_kept() from public;
create trigger trip_finding_kept before update or delete on trip_finding for each row execute function trip_finding_kept();
create trigger trip_finding_kept_all before truncate on trip_finding for each statement execute function trip_finding_kept();

-- Complaints of the public and cases of inspections (投诉与检查案件), each with what was found, which head of article 26, and its result.
create table public_case (
    id          uuid primary key,
    -- of whoever sent it on: the hotline, the inspection's document
    number      text not null,
    source      text not null,
    unit_id     uuid not null references unit (id),
    -- the car that it names, if it names one
    vehicle_id  uuid references vehicle (id),
    received_on date not null,
    -- what is said, in their words
    matter      text not null,
    state       text not null default 'open',
    finding_id  uuid references trip_finding (id),
    -- whether it was true, once it is closed
    outcome     text,
    head        smallint,
    result      text not null default '',
    entered_by  uuid not null references account (id),
    entered_at  timestamptz not null,
    closed_by   uuid references account (id),
    closed_at   timestamptz,
    constraint public_case_number_key unique (source, number),
    constraint public_case_source_check check (source in ('hotline_12345', 'inspection', 'letter')),
    constraint public_case_state_check check (state in ('open', 'linked', 'closed')),
    constraint public_case_linked_check check (state <> 'linked' or finding_id is not null),
    constraint public_case_closed_check check (
        (state = 'closed') = (closed_at is not null and closed_by is not null and outcome is not null and result <> '')),
    -- what was true is a violation of a head, what was not is of none
    constraint public_case_head_check check (
        coalesce(outcome, 'unfounded') in ('founded', 'unfounded')
        and (coalesce(outcome, 'unfounded') = 'founded') = (head is not null) and coalesce(head, 1) between 1 and 9)
);
create index public_case_unit_idx on public_case (unit_id, id desc);

-- Up to when each car was compared; whoever compares takes the cars that were not looked at for longest, and leaves those that somebody
-- else looks at.
create table vehicle_reconciled (
    vehicle_id uuid primary key references vehicle (id) on delete cascade,
    looked_at  timestamptz not null
);
create index vehicle_reconciled_idx on vehicle_reconciled (looked_at);

-- Who sees the car's unit sees what was found of it; a driver sees what was found of own orders.
create function finding_is_driven(asked uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from dispatch_order o
                   join driver d on d.id = o.driver_id
                   where o.id = asked and d.account_id = motorpool_account())
$$;
revoke execute on function finding_is_driven(uuid) from public;
grant execute on function finding_is_driven(uuid) to motorpool_web;
alter table trip_finding enable row level security;
create policy trip_finding_scope on trip_finding to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from vehicle v where v.id = trip_finding.vehicle_id));
create policy trip_finding_driven on trip_finding to motorpool_web using (finding_is_driven(order_id));
-- A finding tells where the car was: of one that is exempt by law it tells nothing.
create policy trip_finding_exempt on trip_finding as restrictive to motorpool_web
    using (vehicle_no <> all ((select motorpool_exempt())::integer[]));
alter table trip_finding_step enable row level security;
create policy trip_finding_step_scope on trip_finding_step to motorpool_web using (
    exists (select from trip_finding f where f.id = trip_finding_step.finding_id));
-- Places of superiors hold below, and are read there.
alter table sensitive_place enable row level security;
create policy sensitive_place_scope on sensitive_place to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = sensitive_place.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
create policy sensitive_place_superior on sensitive_place for select to motorpool_web using (
    exists (select from unit_closure c where c.ancestor_id = sensitive_place.unit_id and c.unit_id = any ((select motorpool_scope())::uuid[])));
alter table public_case enable row level security;
create policy public_case_scope on public_case to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = public_case.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
grant select on trip_finding, trip_finding_step, sensitive_place, public_case to motorpool_web;
grant insert, update (state, finding_id, outcome, head, result, closed_by, closed_at) on public_case to motorpool_web;
grant update (state, head, changed_at) on trip_finding to motorpool_web;
grant insert on trip_finding_step, sensitive_place to motorpool_web;
grant delete on sensitive_place to motorpool_web;
