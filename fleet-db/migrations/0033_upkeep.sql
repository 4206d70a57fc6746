-- Running a car (运行保障): who may repair, insure and fuel it (三定), repair orders with their quotes and bills, upkeep by kilometres and
-- by date, policies and inspections with their last day, and which reminder of it was told. A car that is in the shop is given to nobody.

-- Vendors that an authority names for itself and the units below (定点厂家).
create table designated_vendor (
    id          uuid primary key,
    unit_id     uuid not null references unit (id),
    supplier_id uuid not null references supplier (id),
    service     text not null,
    -- of the tender or the notice that names it
    document    text not null,
    during      daterange not null,
    created_by  uuid not null references account (id),
    created_at  timestamptz not null,
    constraint designated_vendor_service_check check (service in ('repair', 'insurance', 'fuel')),
    constraint designated_vendor_during_check check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
    constraint designated_vendor_excl exclude using gist (unit_id with =, supplier_id with =, service with =, during with &&)
);

create table repair_order (
    id           uuid primary key,
    number       text not null,
    -- whose car it was when it was asked for
    unit_id      uuid not null references unit (id),
    vehicle_id   uuid not null references vehicle (id),
    kind         text not null,
    what         text not null,
    -- the plan of upkeep that it is about, and the accident
    upkeep_id    uuid,
    accident_id  uuid references accident_case (id),
    state        text not null,
    proposed_by  uuid not null references account (id),
    proposed_at  timestamptz not null,
    decided_by   uuid references account (id),
    decided_at   timestamptz,
    -- the quote that was taken, and on which paper where its vendor is none that is named
    quote_id     uuid,
    exception_document text not null,
    -- why it is not the cheapest, or was refused or given up
    reason       text not null,
    -- from when it is in the shop; its end is what was promised, and then when it was taken back
    in_shop      tstzrange,
    odometer_km  integer,
    accepted_at  timestamptz,
    settled_at   timestamptz,
    changed_at   timestamptz not null,
    constraint repair_order_number_key unique (number),
    constraint repair_order_kind_check check (kind in ('repair', 'upkeep', 'accident')),
    constraint repair_order_state_check check (
        state in ('proposed', 'quoted', 'approved', 'in_shop', 'accepted', 'settled', 'rejected', 'cancelled')
        and (state not in ('in_shop', 'accepted', 'settled') or in_shop is not null)
        and (state not in ('approved', 'in_shop', 'accepted', 'settled') or quote_id is not null)
        and (state not in ('accepted', 'settled') or accepted_at is not null)
        and (state = 'settled') = (settled_at is not null)),
    constraint repair_order_in_shop_check check (not isempty(in_shop) and not lower_inf(in_shop)),
    constraint repair_order_four_eyes_check check (decided_by <> proposed_by),
    constraint repair_order_odometer_check check (odometer_km >= 0),
    -- a car is in one shop at a time
    constraint repair_order_shop_excl exclude using gist (vehicle_id with =, in_shop with &&)
);
create index repair_order_unit_idx on repair_order (unit_id, id desc);
create index repair_order_vehicle_idx on repair_order (vehicle_id, id desc);

-- What vendors would take; parts and labour are the total.
create table repair_quote (
    id          uuid primary key,
    repair_id   uuid not null references repair_order (id),
    supplier_id uuid not null references supplier (id),
    parts_fen   bigint not null,
    labour_fen  bigint not null,
    total_fen   bigint not null,
    note        text not null,
    quoted_by   uuid not null references account (id),
    quoted_at   timestamptz not null,
    constraint repair_quote_total_check check (
        parts_fen >= 0 and labour_fen >= 0 and total_fen > 0 and parts_fen + labour_fen = total_fen),
    constraint repair_quote_of_key unique (repair_id, id)
);
alter table repair_order add constraint repair_order_quote_fkey foreign key (id, quote_id) references repair_quote (repair_id, id);

-- The bill, line by line; its sums are checked against each other when the transaction ends.
create table repair_bill (
    repair_id  uuid primary key references repair_order (id),
    parts_fen  bigint not null,
    labour_fen bigint not null,
    total_fen  bigint not null,
    settled_by uuid not null references account (id),
    settled_at timestamptz not null,
    constraint repair_bill_total_check check (
        parts_fen >= 0 and labour_fen >= 0 and total_fen > 0 and parts_fen + labour_fen = total_fen)
);
create table repair_line (
    repair_id uuid not null references repair_bill (repair_id),
    seq       smallint not null,
    part      text not null,
    what      text not null,
    quantity  integer not null,
    price_fen bigint not null,
    primary key (repair_id, seq),
    constraint repair_line_check check (part in ('parts', 'labour') and what <> '' and quantity > 0 and price_fen > 0)
);
create function repair_bill_sums() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from repair_bill b,
                    lateral (select coalesce(sum(quantity * price_fen) filter (where part = 'parts'), 0) as parts,
                                    coalesce(sum(quantity * price_fen) filter (where part = 'labour'), 0) as labour
                             from repair_line l where l.repair_id = b.repair_id) s
               where b.repair_id = new.repair_id and (s.parts, s.labour) <> (b.parts_fen, b.labour_fen))
    then
        raise exception 'the lines are the bill' using errcode = 'check_violation', constraint='repair_bill_lines_check';
    end if;
    return null;
end $$;
create constraint trigger repair_bill_sums after insert on repair_bill deferrable initially deferred
    for each row execute function repair_bill_sums();
create constraint trigger repair_line_sums after insert on repair_line deferrable initially deferred
    for each row execute function repair_bill_sums();
revoke execute on function repair_bill_sums() from public;
create trigger repair_quote_kept before update or delete on repair_quote for each row execute function trip_paper_kept();
create trigger repair_bill_kept before update or delete on repair_bill for each row execute function trip_paper_kept();
create trigger repair_line_kept before update or delete on repair_line for each row execute function trip_paper_kept();

-- What was done with a repair order, as it came.
create table repair_step (
    repair_id uuid not null references repair_order (id),
    seq       bigint generated always as identity,
    action    text not null,
    to_state  text not null,
    by        uuid not null references account (id),
    at        timestamptz not null,
    text      text not null,
    primary key (repair_id, seq)
);
create trigger repair_step_kept before update or delete on repair_step for each row execute function trip_paper_kept();

-- Upkeep of a car (保养计划), every so many kilometres or months.
create table upkeep_plan (
    id           uuid primary key,
    vehicle_id   uuid not null references vehicle (id),
    item         text not null,
    every_km     integer,
    every_months smallint,
    -- when it was last done, or from when on it is counted
    last_on      date not null,
    last_km      integer not null,
    created_by   uuid not null references account (id),
    created_at   timestamptz not null,
    ended_at     timestamptz,
    constraint upkeep_plan_interval_check check (
        num_nonnulls(every_km, every_months) > 0 and coalesce(every_km, 1) > 0 and coalesce(every_months, 1) > 0 and last_km >= 0)
);
create unique index upkeep_plan_item_key on upkeep_plan (vehicle_id, item) where ended_at is null;
alter table repair_order add constraint repair_order_upkeep_id_fkey foreign key (upkeep_id) references upkeep_plan (id);

create table insurance_policy (
    id          uuid primary key,
    unit_id     uuid not null references unit (id),
    vehicle_id  uuid not null references vehicle (id),
    supplier_id uuid not null references supplier (id),
    kind        text not null,
    number      text not null,
    during      daterange not null,
    premium_fen bigint not null,
    exception_document text not null,
    created_by  uuid not null references account (id),
    created_at  timestamptz not null,
    constraint insurance_policy_number_key unique (supplier_id, number),
    constraint insurance_policy_kind_check check (kind in ('compulsory', 'commercial', 'other')),
    constraint insurance_policy_premium_check check (premium_fen > 0),
    constraint insurance_policy_during_check check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
    -- what the law asks for is had once at a time
    constraint insurance_policy_excl exclude using gist (vehicle_id with =, kind with =, during with &&) where (kind <> 'other')
);
create index insurance_policy_vehicle_idx on insurance_policy (vehicle_id, upper(during) desc);

-- Inspections, and the licence of the car, each with the last day on which it holds (年检与行驶证).
create table vehicle_inspection (
    id          uuid primary key,
    vehicle_id  uuid not null references vehicle (id),
    kind        text not null,
    done_on     date not null,
    valid_until date not null,
    place       text not null,
    fee_fen     bigint,
    created_by  uuid not null references account (id),
    created_at  timestamptz not null,
    constraint vehicle_inspection_kind_check check (kind in ('inspection', 'licence')),
    constraint vehicle_inspection_span_check check (valid_until >= done_on),
    constraint vehicle_inspection_fee_check check (fee_fen > 0),
    constraint vehicle_inspection_key unique (vehicle_id, kind, done_on)
);

-- Which reminder of what was told (到期提醒记录): each once, whatever the job does.
create table due_reminder (
    -- the policy, inspection or plan
    subject_id uuid not null,
    vehicle_id uuid not null references vehicle (id),
    kind       text not null,
    -- the day, or the kilometres by the odometer
    due        text not null,
    step       integer not null,
    told_at    timestamptz not null,
    primary key (subject_id, due, step),
    constraint due_reminder_kind_check check (kind in ('insurance', 'inspection', 'licence', 'upkeep'))
);
create trigger due_reminder_kept before update or delete on due_reminder for each row execute function trip_paper_kept();

-- Orders and repairs of one car wait for each other: of two that come at once, the second sees the first.
create function dispatch_order_not_in_shop() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- Who is back early is taken for less.
    if tg_op = 'UPDATE' and new.vehicle_id = old.vehicle_id and new.taken <@ old.taken
       and (old.departed_at is not null or new.departed_at is null)
    then
        return new;
    end if;
    perform from vehicle where id = new.vehicle_id for no key update;
    if exists (select from repair_order r
               where r.vehicle_id = new.vehicle_id and r.state in ('in_shop', 'accepted', 'settled')
                 and (r.in_shop && new.taken
                      -- what was promised has passed and it is still there
                      or r.state = 'in_shop' and lower(r.in_shop) < upper(new.taken) and upper(r.in_shop) <= new.changed_at
                      or r.state = 'in_shop' and new.departed_at is not null))
    then
        raise exception 'the car is in the shop at that time'
            using errcode = 'check_violation', constraint='dispatch_order_in_shop_check', table = 'dispatch_order';
    end if;
    return new;
end $$;
create trigger dispatch_order_not_in_shop before insert or update of vehicle_id, taken, departed_at on dispatch_order
    for each row when (new.state not in ('declined', 'cancelled', 'returned', 'settled')) execute function dispatch_order_not_in_shop();
create function repair_order_unordered() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if new.state <> 'in_shop' or tg_op = 'UPDATE' and old.in_shop is not distinct from new.in_shop then
        return new;
    end if;
    perform from vehicle where id = new.vehicle_id for no key update;
    if exists (select from dispatch_order o
               where o.vehicle_id = new.vehicle_id
                 and (o.state in ('issued', 'accepted', 'underway', 'waiting') and o.taken && new.in_shop or o.state in ('underway', 'waiting')))
    then
        raise exception 'the car is ordered at that time'
            using errcode = 'check_violation', constraint='repair_order_ordered_check', table = 'repair_order';
    end if;
    return new;
end $$;
create trigger repair_order_unordered before insert or update on repair_order for each row execute function repair_order_unordered();
revoke execute on function dispatch_order_not_in_shop(), repair_order_unordered() from public;

-- It is in the shop at some of that time; what was promised and has passed counts until it is taken back.
create function vehicle_in_shop(asked uuid, during tstzrange, at timestamptz) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from repair_order r
                   where r.vehicle_id = asked and r.state in ('in_shop', 'accepted', 'settled')
                     and (r.in_shop && during or r.state = 'in_shop' and lower(r.in_shop) < upper(during) and upper(r.in_shop) <= at))
$$;
-- What the odometer is known to have said last, in kilometres: to those who keep, send or drive the car it is a number, and not a place.
create function vehicle_odometer_km(asked uuid) returns integer
language sql stable security definer set search_path = public, pg_temp as $$
    select (greatest(
        (select max(greatest(o.return_odometer_m, o.depart_odometer_m)) from dispatch_order o where o.vehicle_id = asked),
        (select (l.state #>> '{reading,odometer}')::float8::bigint from vehicle v join vehicle_live l on l.vehicle_no = v.no where v.id = asked)
    ) / 1000)::integer
$$;
create function supplier_label(asked uuid) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select name from supplier where id = asked
$$;
-- Who is named for a unit on a day, by it or by a unit above: those below need not see the register of those above.
create function vendors_of(unit uuid, of_service text, on_day date)
returns table (supplier_id uuid, name text, named_by text, document text, last date)
language sql stable security definer set search_path = public, pg_temp as $$
    select d.supplier_id, s.name, u.name, d.document, upper(d.during) - 1
    from designated_vendor d
    join unit_closure c on c.unit_id = unit and c.ancestor_id = d.unit_id
    join supplier s on s.id = d.supplier_id
    join unit u on u.id = d.unit_id
    where d.service = of_service and d.during @> on_day
    order by s.name, c.depth
$$;
revoke execute on function vehicle_in_shop(uuid, tstzrange, timestamptz), vehicle_odometer_km(uuid), supplier_label(uuid),
    vendors_of(uuid, text, date) from public;
grant execute on function vehicle_in_shop(uuid, tstzrange, timestamptz), vehicle_odometer_km(uuid), supplier_label(uuid),
    vendors_of(uuid, text, date) to motorpool_web;

alter table designated_vendor enable row level security;
create policy designated_vendor_scope on designated_vendor to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = designated_vendor.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table repair_order enable row level security;
create policy repair_order_scope on repair_order to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = repair_order.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table repair_quote enable row level security;
create policy repair_quote_scope on repair_quote to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from repair_order r where r.id = repair_quote.repair_id));
alter table repair_bill enable row level security;
create policy repair_bill_scope on repair_bill to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from repair_order r where r.id = repair_bill.repair_id));
alter table repair_line enable row level security;
create policy repair_line_scope on repair_line to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from repair_order r where r.id = repair_line.repair_id));
alter table repair_step enable row level security;
create policy repair_step_scope on repair_step to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from repair_order r where r.id = repair_step.repair_id));
alter table upkeep_plan enable row level security;
create policy upkeep_plan_scope on upkeep_plan to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from vehicle v where v.id = upkeep_plan.vehicle_id));
alter table insurance_policy enable row level security;
create policy insurance_policy_scope on insurance_policy to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from vehicle v where v.id = insurance_policy.vehicle_id));
alter table vehicle_inspection enable row level security;
create policy vehicle_inspection_scope on vehicle_inspection to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from vehicle v where v.id = vehicle_inspection.vehicle_id));
alter table due_reminder enable row level security;
create policy due_reminder_scope on due_reminder to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from vehicle v where v.id = due_reminder.vehicle_id));
grant select, insert on designated_vendor to motorpool_web;
grant select, insert, update (state, decided_by, decided_at, quote_id, exception_document, reason, in_shop, odometer_km, accepted_at, settled_at,
    changed_at) on repair_order to motorpool_web;
grant select, insert on repair_quote, repair_bill, repair_line, repair_step, insurance_policy, vehicle_inspection to motorpool_web;
grant select, insert, update (last_on, last_km, ended_at) on upkeep_plan to motorpool_web;
grant select on due_reminder to motorpool_web;
