-- What cars cost (车辆费用): one ledger that is only added to, each entry linked to its car, unit, trip and vendor; cards for energy, one card
-- one car; records that nobody could link wait until somebody does; and years that are closed, which do not move.

create table closed_year (
    -- with the units below
    unit_id   uuid not null references unit (id),
    year      smallint not null,
    closed_by uuid not null references account (id),
    closed_at timestamptz not null,
    primary key (unit_id, year),
    constraint closed_year_year_check check (year between 2000 and 2999)
);
create trigger closed_year_kept before update or delete on closed_year for each row execute function trip_paper_kept();

create table vehicle_cost (
    id          uuid primary key,
    vehicle_id  uuid not null references vehicle (id),
    -- whose cost it is: whose car it was then
    unit_id     uuid not null references unit (id),
    head        text not null,
    -- below nothing: came in, or takes another entry back
    amount_fen  bigint not null,
    -- the day by which it lies in its period
    occurred_on date not null,
    -- the trip on which it was, where that is known, and the vendor
    order_id    uuid references dispatch_order (id),
    supplier_id uuid references supplier (id),
    source      text not null,
    -- what the source calls it; once a unit and source
    source_ref  text,
    -- thousandths of a litre, watt-hours; grams of carbon dioxide by the factor of the day as it was known then, and that factor
    energy      text,
    fuel_ml     bigint,
    energy_wh   bigint,
    carbon_g    bigint,
    factor      numeric(8, 4),
    -- which version of the rule said so
    factor_version_id uuid references rule_version (id),
    note        text not null,
    reverses    uuid references vehicle_cost (id),
    posted_by   uuid references account (id),
    posted_at   timestamptz not null,
    constraint vehicle_cost_head_check check (head in ('fuel', 'charge', 'toll', 'parking', 'repair', 'upkeep', 'insurance', 'inspection', 'other',
        'fine', 'driver', 'purchase', 'purchase_tax', 'registration', 'proceeds')),
    constraint vehicle_cost_source_check check (
        source in ('manual', 'repair', 'card', 'policy', 'inspection', 'expense', 'feed', 'linked', 'reversal')
        and (source = 'reversal') = (reverses is not null)),
    constraint vehicle_cost_amount_check check (
        amount_fen between -1000000000 and 1000000000
        and case when (head = 'proceeds') = (reverses is null) then amount_fen < 0 else amount_fen > 0 end),
    constraint vehicle_cost_energy_check check (
        (fuel_ml is null or head = 'fuel') and (energy_wh is null or head = 'charge') and (carbon_g is null) = (factor is null)
        and (energy is null) = (fuel_ml is null and energy_wh is null)),
    constraint vehicle_cost_reverses_key unique (reverses),
    constraint vehicle_cost_source_key unique (unit_id, source, source_ref)
);
create index vehicle_cost_unit_idx on vehicle_cost (unit_id, occurred_on);
create index vehicle_cost_vehicle_idx on vehicle_cost (vehicle_id, occurred_on);
create index vehicle_cost_order_idx on vehicle_cost (order_id) where order_id is not null;

-- The last year that is closed for a unit, by it or by a unit above; null: none.
create function closed_through(asked uuid) returns smallint language sql stable security definer set search_path = public, pg_temp as $$
    select max(y.year) from closed_year y join unit_closure c on c.ancestor_id = y.unit_id where c.unit_id = asked
$$;
revoke execute on function closed_through(uuid) from public;
grant execute on function closed_through(uuid) to motorpool_web;

-- Nothing is entered into a closed year, whoever writes; who closes one waits for those who are entering, and they for it.
create function closed_year_takes_turn() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(x'6d70796561'::bigint);
    return new;
end $$;
create trigger closed_year_turn before insert on closed_year for each row execute function closed_year_takes_turn();
create function vehicle_cost_is_founded() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wrong vehicle_cost;
begin
    perform pg_advisory_xact_lock_shared(x'6d70796561'::bigint);
    if date_part('year', new.occurred_on) <= closed_through(new.unit_id) then
        raise exception 'that year is closed' using errcode = 'check_violation', constraint='vehicle_cost_closed_check', table = 'vehicle_cost';
    end if;
    if new.reverses is not null then
        select * into wrong from vehicle_cost where id = new.reverses;
        if wrong.reverses is not null or (new.vehicle_id, new.unit_id, new.head, new.amount_fen, new.fuel_ml, new.energy_wh, new.carbon_g)
            is distinct from (wrong.vehicle_id, wrong.unit_id, wrong.head, -wrong.amount_fen, -wrong.fuel_ml, -wrong.energy_wh, -wrong.carbon_g)
        then
            raise exception 'a reversal is the opposite of an entry'
                using errcode = 'check_violation', constraint='vehicle_cost_reversal_check', table = 'vehicle_cost';
        end if;
    end if;
    return new;
end $$;
revoke execute on function closed_year_takes_turn(), vehicle_cost_is_founded() from public;
create trigger vehicle_cost_founded before insert on vehicle_cost for each row execute function vehicle_cost_is_founded();
create function vehicle_cost_is_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'an entry is taken back by another, and is not changed otherwise'
        using errcode = 'restrict_violation', constraint='vehicle_cost_final_check';
end $$;
revoke execute on function vehicle_cost_is_kept() from public;
create trigger vehicle_cost_kept before update or delete on vehicle_cost for each row execute function vehicle_cost_is_kept();
create trigger vehicle_cost_kept_all before truncate on vehicle_cost for each statement execute function vehicle_cost_is_kept();

create table energy_card (
    id          uuid primary key,
    number      text not null,
    kind        text not null,
    -- who gives it out
    supplier_id uuid references supplier (id),
    vehicle_id  uuid not null references vehicle (id),
    state       text not null default 'active',
    -- `dispatch::running::card::CardLimits`
    limits      jsonb not null,
    created_by  uuid not null references account (id),
    created_at  timestamptz not null,
    changed_at  timestamptz not null,
    constraint energy_card_number_key unique (number),
    constraint energy_card_kind_check check (kind in ('fuel', 'charge')),
    constraint energy_card_state_check check (state in ('active', 'suspended', 'closed'))
);
-- One card, one car (一车一卡): neither does a car have two of a kind, nor is a card given to another car.
create unique index energy_card_vehicle_key on energy_card (vehicle_id, kind) where state <> 'closed';
create function energy_card_is_of_car() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if (new.id, new.number, new.kind, new.vehicle_id) is distinct from (old.id, old.number, old.kind, old.vehicle_id) or old.state = 'closed' then
        raise exception 'a card stays with its car' using errcode = 'check_violation', constraint='energy_card_final_check', table = 'energy_card';
    end if;
    return new;
end $$;
revoke execute on function energy_card_is_of_car() from public;
create trigger energy_card_of_car before update on energy_card for each row execute function energy_card_is_of_car();

-- What was done with a card, paid or refused (卡流水).
create table card_use (
    id          uuid primary key,
    card_id     uuid not null references energy_card (id),
    -- what whoever sends it calls it
    number      text not null,
    act         text not null,
    at          timestamptz not null,
    plate       text not null,
    grade       text,
    -- thousandths of a litre or watt-hours
    quantity    bigint,
    amount_fen  bigint not null,
    place       text not null,
    -- nothing: it was paid
    refused     text[] not null,
    -- the entry of the ledger; what the trip's own journal has already is not entered twice
    cost_id     uuid references vehicle_cost (id),
    posted_by   uuid not null references account (id),
    posted_at   timestamptz not null,
    constraint card_use_number_key unique (card_id, number),
    constraint card_use_act_check check (act in ('take', 'top_up')),
    constraint card_use_amount_check check (amount_fen > 0),
    constraint card_use_quantity_check check (quantity > 0),
    constraint card_use_cost_check check (cost_id is null or refused = '{}' and act = 'take')
);
create index card_use_card_idx on card_use (card_id, at desc);
create trigger card_use_kept before update or delete on card_use for each row execute function trip_paper_kept();

-- Records of a feed that nobody could link yet (待关联费用): they wait until somebody does, or says why they are none of ours.
create table cost_exception (
    id          uuid primary key,
    -- who brought it
    unit_id     uuid not null references unit (id),
    number      text not null,
    head        text not null,
    plate       text not null,
    card_number text not null,
    occurred_at timestamptz not null,
    amount_fen  bigint not null,
    energy      text,
    -- thousandths of a litre or watt-hours
    quantity    bigint,
    place       text not null,
    order_number text not null,
    -- why: a code
    why         text not null,
    brought_by  uuid not null references account (id),
    brought_at  timestamptz not null,
    resolved_by uuid references account (id),
    resolved_at timestamptz,
    cost_id     uuid references vehicle_cost (id),
    -- why it is none of ours
    reason      text not null default '',
    constraint cost_exception_number_key unique (unit_id, number),
    constraint cost_exception_why_check check (why in ('no_plate', 'unknown_plate', 'unknown_card', 'order_mismatch', 'closed_year')),
    constraint cost_exception_resolved_check check (
        (resolved_at is null) = (resolved_by is null)
        and (resolved_at is not null or cost_id is null and reason = '')
        and (resolved_at is null or (cost_id is null) = (reason <> '')))
);
create index cost_exception_open_idx on cost_exception (unit_id, id) where resolved_at is null;

-- Figures of cars: each is a list of rows with an amount, so that a figure and the list behind it cannot differ. Costs are the units' that had
-- them; what cars are and do is their present unit's. `kinds` are the powertrains that are looked at, `nev` those that count as new energy.
create function vehicle_figure_rows(of_figure text, tops uuid[], only_car uuid, kinds text[], nev text[], first_day date, last_day date)
returns table (id uuid, title text, unit_id uuid, at timestamptz, amount bigint)
language sql stable set search_path = public, pg_temp as $$
    with span as (
        select first_day::timestamp at time zone 'Asia/Shanghai' as since, (last_day + 1)::timestamp at time zone 'Asia/Shanghai' as until
    )
    select t.id, v.plate, v.unit_id, t.started_at, t.distance_m::bigint
    from span, vehicle v
    join trip t on t.vehicle_no = v.no
    where (of_figure = 'distance'
           or of_figure = 'fuel_distance' and v.powertrain in ('petrol', 'diesel', 'hybrid', 'plug_in_hybrid')
           or of_figure = 'electric_distance' and v.powertrain in ('electric', 'plug_in_hybrid'))
      and t.started_at >= span.since and t.started_at < span.until
      and v.powertrain = any (kinds) and (only_car is null or v.id = only_car)
      and v.unit_id in (select unit_id from unit_within(tops))
    union all
    select c.id, v.plate, c.unit_id, c.occurred_on::timestamp at time zone 'Asia/Shanghai',
           case of_figure when 'fuel_taken' then c.fuel_ml when 'energy_taken' then c.energy_wh when 'carbon' then c.carbon_g else c.amount_fen end
    from vehicle_cost c
    join vehicle v on v.id = c.vehicle_id
    where (of_figure = c.head
           or of_figure = 'running' and c.head in ('fuel', 'charge', 'toll', 'parking', 'repair', 'upkeep', 'insurance', 'inspection', 'other')
           or of_figure = 'ownership' and c.head <> 'fine'
           or of_figure = 'fuel_taken' and c.fuel_ml is not null
           or of_figure = 'energy_taken' and c.energy_wh is not null
           or of_figure = 'carbon' and c.carbon_g is not null)
      and c.occurred_on between first_day and last_day
      and v.powertrain = any (kinds) and (only_car is null or v.id = only_car)
      and c.unit_id in (select unit_id from unit_within(tops))
    union all
    -- cars that were there on the last day; a car that a supplier brings is no unit's stock
    select v.id, v.plate, v.unit_id, v.created_at, 1
    from span, vehicle v
    where (of_figure = 'stock' or of_figure = 'stock_nev' and v.powertrain = any (nev))
      and v.created_at < span.until and v.status <> 'disposed'
      and not exists (select from supplier_car s where s.vehicle_id = v.id)
      and v.powertrain = any (kinds) and (only_car is null or v.id = only_car)
      and v.unit_id in (select unit_id from unit_within(tops))
    union all
    -- days within the span since the car is there
    select v.id, v.plate, v.unit_id, greatest(v.created_at, span.since),
           (last_day - greatest(first_day, (v.created_at at time zone 'Asia/Shanghai')::date) + 1)::bigint
    from span, vehicle v
    where of_figure = 'car_days' and v.created_at < span.until and v.status <> 'disposed'
      and not exists (select from supplier_car s where s.vehicle_id = v.id)
      and v.powertrain = any (kinds) and (only_car is null or v.id = only_car)
      and v.unit_id in (select unit_id from unit_within(tops))
    union all
    -- cars that were bought within the span: a price stands in the ledger, and was not taken back
    select v.id, v.plate, min(c.unit_id::text)::uuid, min(c.occurred_on)::timestamp at time zone 'Asia/Shanghai', 1
    from vehicle_cost c
    join vehicle v on v.id = c.vehicle_id
    where (of_figure = 'flow' or of_figure = 'flow_nev' and v.powertrain = any (nev))
      and c.head = 'purchase' and c.occurred_on between first_day and last_day
      and v.powertrain = any (kinds) and (only_car is null or v.id = only_car)
      and c.unit_id in (select unit_id from unit_within(tops))
    group by v.id, v.plate
    having sum(c.amount_fen) > 0
    union all
    select v.id, v.plate, v.unit_id, min(t.started_at), count(distinct (t.started_at at time zone 'Asia/Shanghai')::date)
    from span, vehicle v
    join trip t on t.vehicle_no = v.no
    where of_figure = 'used_cars' and t.started_at >= span.since and t.started_at < span.until
      and not exists (select from supplier_car s where s.vehicle_id = v.id)
      and v.powertrain = any (kinds) and (only_car is null or v.id = only_car)
      and v.unit_id in (select unit_id from unit_within(tops))
    group by v.id, v.plate, v.unit_id
    union all
    select o.id, o.number, v.unit_id, o.departed_at, 1
    from span, dispatch_order o
    join vehicle v on v.id = o.vehicle_id
    where of_figure = 'orders' and o.departed_at >= span.since and o.departed_at < span.until and o.state not in ('declined', 'cancelled')
      and not exists (select from supplier_car s where s.vehicle_id = v.id)
      and v.powertrain = any (kinds) and (only_car is null or v.id = only_car)
      and v.unit_id in (select unit_id from unit_within(tops))
    union all
    -- days of the calendar on which it was in the shop; one that is still there is, up to the last day of the span
    select r.id, r.number, v.unit_id, greatest(lower(r.in_shop), span.since),
           (least(last_day, (coalesce(case when r.state <> 'in_shop' then upper(r.in_shop) - interval '1 microsecond' end, span.until)
                             at time zone 'Asia/Shanghai')::date)
            - greatest(first_day, (lower(r.in_shop) at time zone 'Asia/Shanghai')::date) + 1)::bigint
    from span, repair_order r
    join vehicle v on v.id = r.vehicle_id
    where of_figure = 'shop_days' and r.state in ('in_shop', 'accepted', 'settled')
      and lower(r.in_shop) < span.until and (r.state = 'in_shop' or upper(r.in_shop) > span.since)
      and v.powertrain = any (kinds) and (only_car is null or v.id = only_car)
      and v.unit_id in (select unit_id from unit_within(tops))
    union all
    select u.id, k.number, v.unit_id, u.at, 1
    from span, card_use u
    join energy_card k on k.id = u.card_id
    join vehicle v on v.id = k.vehicle_id
    where of_figure = 'card_refusals' and u.refused <> '{}' and u.at >= span.since and u.at < span.until
      and v.powertrain = any (kinds) and (only_car is null or v.id = only_car)
      and v.unit_id in (select unit_id from unit_within(tops))
$$;
revoke execute on function vehicle_figure_rows(text, uuid[], uuid, text[], text[], date, date) from public;
grant execute on function vehicle_figure_rows(text, uuid[], uuid, text[], text[], date, date) to motorpool_web;

alter table closed_year enable row level security;
create policy closed_year_scope on closed_year to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = closed_year.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
create policy closed_year_superior on closed_year for select to motorpool_web using (unit_id = any ((select motorpool_above())::uuid[]));
alter table vehicle_cost enable row level security;
create policy vehicle_cost_scope on vehicle_cost to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = vehicle_cost.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table energy_card enable row level security;
create policy energy_card_scope on energy_card to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from vehicle v where v.id = energy_card.vehicle_id));
alter table card_use enable row level security;
create policy card_use_scope on card_use to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from energy_card k where k.id = card_use.card_id));
alter table cost_exception enable row level security;
create policy cost_exception_scope on cost_exception to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = cost_exception.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
grant select, insert on closed_year, vehicle_cost, card_use to motorpool_web;
grant select, insert, update (state, limits, changed_at) on energy_card to motorpool_web;
grant select, insert, update (resolved_by, resolved_at, cost_id, reason) on cost_exception to motorpool_web;
