-- Shared costs, scores of drivers, and suppliers of cars. A car that people of several units shared is settled once, and each unit pays
-- its own part; what a driver's quarter came to is kept; cars that are rented are those of a supplier, and no unit's establishment.

-- Whose people ride along: told by their request, whoever writes.
alter table trip_ride add column unit_id uuid references unit (id);
update trip_ride t set unit_id = r.unit_id from trip_request r where r.id = t.request_id;
alter table trip_ride alter column unit_id set not null;
create index trip_ride_unit_idx on trip_ride (unit_id);
create function trip_ride_is_of_unit() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    new.unit_id := (select unit_id from trip_request where id = new.request_id);
    return new;
end $$;
revoke execute on function trip_ride_is_of_unit() from public;
create trigger trip_ride_of_unit before insert on trip_ride for each row execute function trip_ride_is_of_unit();

-- What each request takes of a car that it shares, that for which the car was sent first: who settles the car need not see the requests.
create function trip_shares(asked uuid)
returns table (request_id uuid, number text, unit_id uuid, seats integer, distance_m integer, estimate_fen bigint, begins_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.id, r.number, r.unit_id, greatest(r.passenger_count, 1)::integer, r.distance_m, r.estimate_fen, lower(r.planned)
    from (select o.request_id, null::timestamptz as joined_at from dispatch_order o where o.id = asked
          union all
          select t.request_id, t.joined_at from trip_ride t where t.order_id = asked and t.left_at is null) as served
    join trip_request r on r.id = served.request_id
    order by served.joined_at nulls first, r.number
$$;
revoke execute on function trip_shares(uuid) from public;
grant execute on function trip_shares(uuid) to motorpool_web;

-- Parts of a settlement of a shared car (分摊), one a request; they sum to its total.
create table trip_settlement_part (
    order_id   uuid not null references trip_settlement (order_id),
    request_id uuid not null references trip_request (id),
    number     text not null,
    unit_id    uuid not null references unit (id),
    seats      smallint not null,
    distance_m integer not null,
    amount_fen bigint not null,
    -- as they are told: that for which the car was sent first
    seq        bigint generated always as identity,
    primary key (order_id, request_id),
    constraint trip_settlement_part_amount_check check (amount_fen >= 0)
);
create function trip_settlement_part_sums() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if (select sum(amount_fen) from trip_settlement_part where order_id = new.order_id)
       <> (select total_fen from trip_settlement where order_id = new.order_id)
    then
        raise exception 'the parts are the whole' using errcode = 'check_violation', constraint='trip_settlement_part_total_check';
    end if;
    return null;
end $$;
create constraint trigger trip_settlement_part_sums after insert on trip_settlement_part deferrable initially deferred
    for each row execute function trip_settlement_part_sums();
create function trip_settlement_part_is_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'a settlement stands' using errcode = 'restrict_violation', constraint='trip_settlement_final_check';
end $$;
create trigger trip_settlement_part_kept before update or delete on trip_settlement_part
    for each row execute function trip_settlement_part_is_kept();
create trigger trip_settlement_part_kept_all before truncate on trip_settlement_part
    for each statement execute function trip_settlement_part_is_kept();
revoke execute on function trip_settlement_part_sums(), trip_settlement_part_is_kept() from public;
alter table trip_settlement_part enable row level security;
create policy trip_settlement_part_scope on trip_settlement_part to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from dispatch_order o where o.id = trip_settlement_part.order_id));
grant select, insert on trip_settlement_part to motorpool_web;

-- An order holds in the accounts of all whose people it carries, anew when somebody gets in or out; nothing twice, nothing once it is
-- debited, and it is debited once an account.
drop index allowance_entry_order_key;
create unique index allowance_entry_order_key on allowance_entry (order_id, account_id) where kind = 'debit';
create index allowance_entry_order_idx on allowance_entry (order_id) where order_id is not null;
create or replace function allowance_entry_is_founded() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    book allowance_account;
    paper allowance_adjustment;
    held bigint;
begin
    -- Locked: of two that enter at the same moment the second sees the first.
    select * into book from allowance_account where id = new.account_id for no key update;
    if new.order_id is not null then
        if book.month is null or not exists (
            select from dispatch_order o where o.id = new.order_id and o.unit_id = book.unit_id
            union all
            select from trip_ride t where t.order_id = new.order_id and t.unit_id = book.unit_id)
        then
            raise exception 'an order is held and debited where the people come from'
                using errcode = 'check_violation', constraint='allowance_entry_unit_check';
        end if;
        select coalesce(-sum(amount_fen), 0) into held
        from allowance_entry
        where order_id = new.order_id and account_id = new.account_id and kind in ('hold', 'release');
        if new.kind = 'hold' and (held > 0 or exists (select from allowance_entry where order_id = new.order_id and kind = 'debit')) then
            raise exception 'an order holds once at a time' using errcode = 'unique_violation', constraint='allowance_entry_order_key';
        end if;
        if new.kind = 'release' and held <> new.amount_fen then
            raise exception 'what is given back was held'
                using errcode = 'check_violation', constraint='allowance_entry_release_check';
        end if;
    end if;
    if new.adjustment_id is not null then
        select * into paper from allowance_adjustment where id = new.adjustment_id;
        if paper.state <> 'approved' or paper.kind <> new.kind
           or abs(new.amount_fen) + new.permits_fen <> paper.amount_fen
           or (book.month is not null and (book.unit_id, book.year, book.month) is distinct from (paper.unit_id, paper.year, paper.month))
           or (book.month is null) <> (new.amount_fen < 0)
        then
            raise exception 'a loan and spending beyond what is there need their approved adjustment'
                using errcode = 'check_violation', constraint='allowance_entry_approved_check';
        end if;
    end if;
    return new;
end $$;
-- Who has a car before them that people of a unit share sees that unit's allowance, as with the unit for which the car was sent.
create policy allowance_account_sharing on allowance_account to motorpool_web using (
    exists (select from trip_ride t where t.unit_id = allowance_account.unit_id));

-- What a driver's quarter is judged by (评分依据), one row a thing: whoever may read the driver's file sees it whole, and so does the
-- driver, who sees neither the car's register nor its alarms.
create function driver_score_items(asked uuid, from_at timestamptz, to_at timestamptz, depart_s integer, return_s integer, fill_s integer)
returns table (part text, what text, order_id uuid, number text, at timestamptz, amount bigint, note text, is_against boolean)
language sql stable security definer set search_path = public, pg_temp as $$
    with driven as (
        select o.id, o.number, o.vehicle_id, o.vehicle_no, o.departed_at, o.returned_at, lower(o.taken) as begins_at, upper(o.taken) as ends_at,
               greatest(coalesce(o.return_odometer_m - o.depart_odometer_m, 0), 0) as distance_m
        from dispatch_order o
        where o.driver_id = asked and o.state in ('returned', 'settled') and o.departed_at >= from_at and o.departed_at < to_at
    )
    select 'ratings', 'rating', d.id, d.number, r.rated_at, (r.attitude + r.appearance + r.driving)::bigint, r.comment, false
    from driven d
    join trip_rating r on r.order_id = d.id
    union all
    select 'punctuality', 'departure', d.id, d.number, d.departed_at, extract(epoch from d.departed_at - d.begins_at)::bigint, '',
           d.departed_at > d.begins_at + make_interval(secs => depart_s)
    from driven d
    union all
    select 'punctuality', 'return', d.id, d.number, d.returned_at, extract(epoch from d.returned_at - d.ends_at)::bigint, '',
           d.returned_at > d.ends_at + make_interval(secs => return_s)
    from driven d
    union all
    -- The terminal's own alarm and ours are about the same speeding.
    select 'safety', 'speeding', d.id, d.number, e.at, 0, '', true
    from driven d
    join vehicle_event e on e.vehicle_no = d.vehicle_no and e.at >= d.departed_at and e.at < d.returned_at and e.kind = 'speed_limit_exceeded'
    where not exists (
        select from vehicle_alarm a
        where a.vehicle_no = d.vehicle_no and a.kind = 'overspeed'
          and a.raised_at between e.at - interval '5 minutes' and e.at + interval '5 minutes')
    union all
    select 'safety', 'alarm', d.id, d.number, a.raised_at, 0, a.kind, true
    from driven d
    join vehicle_alarm a on a.vehicle_no = d.vehicle_no and a.raised_at >= d.departed_at and a.raised_at < d.returned_at
                        and a.kind in ('overspeed', 'fatigue', 'danger_warning', 'day_driving_overtime')
    union all
    select 'care', case when looked.over then 'checked' else 'unchecked' end, d.id, d.number, d.departed_at, d.distance_m, '', not looked.over
    from driven d,
         lateral (select exists (select from order_check c where c.order_id = d.id and c.kind = 'pre_trip') as over) looked
    union all
    select 'care', 'defect', d.id, d.number, f.reported_at, 0, f.item, false
    from driven d
    join order_check c on c.order_id = d.id
    join vehicle_defect f on f.check_id = c.id
    union all
    select 'care', 'hasty_fill', d.id, d.number, e.occurred_at, e.amount_fen, '', true
    from driven d
    join trip_expense e on e.order_id = d.id and e.kind = 'fuel' and e.reverses is null
    where not exists (select from trip_expense back where back.reverses = e.id)
      and exists (
        select from trip_expense earlier
        join dispatch_order o on o.id = earlier.order_id
        where o.vehicle_id = d.vehicle_id and earlier.kind = 'fuel' and earlier.reverses is null and earlier.id <> e.id
          and earlier.occurred_at <= e.occurred_at and earlier.occurred_at > e.occurred_at - make_interval(secs => fill_s)
          and not exists (select from trip_expense back where back.reverses = earlier.id))
$$;
revoke execute on function driver_score_items(uuid, timestamptz, timestamptz, integer, integer, integer) from public;
grant execute on function driver_score_items(uuid, timestamptz, timestamptz, integer, integer, integer) to motorpool_web;
create index dispatch_order_driver_departed_idx on dispatch_order (driver_id, departed_at) where departed_at is not null;

-- What a driver's quarter came to (驾驶员季度评分), once it is over; it stands, whatever becomes of the rule.
create table driver_score (
    driver_id   uuid not null references driver (id),
    year        smallint not null,
    quarter     smallint not null,
    -- `dispatch::driver::score::DriverScore`
    score       jsonb not null,
    computed_at timestamptz not null,
    primary key (driver_id, year, quarter),
    constraint driver_score_quarter_check check (quarter between 1 and 4)
);
create function driver_score_is_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'the score of a quarter stands' using errcode = 'insufficient_privilege';
end $$;
revoke execute on function driver_score_is_kept() from public;
create trigger driver_score_kept before update or delete on driver_score for each row execute function driver_score_is_kept();
create trigger driver_score_kept_all before truncate on driver_score for each statement execute function driver_score_is_kept();
alter table driver_score enable row level security;
create policy driver_score_scope on driver_score to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from driver d where d.id = driver_score.driver_id));
grant select on driver_score to motorpool_web;

-- A bad rating with words is a case like a complaint on the hotline; who rates does not see the cases of the fleet, and need not.
alter table public_case drop constraint public_case_source_check;
alter table public_case add constraint public_case_source_check check (source in ('hotline_12345', 'inspection', 'letter', 'rating'));
create function public_case_of_rating(case_id uuid, asked uuid, on_day date, matter text, at timestamptz) returns uuid
language sql security definer set search_path = public, pg_temp as $$
    insert into public_case (id, number, source, unit_id, vehicle_id, received_on, matter, entered_by, entered_at)
    select case_id, o.number, 'rating', o.fleet_unit_id, o.vehicle_id, on_day, matter, r.rated_by, at
    from dispatch_order o
    join trip_rating r on r.order_id = o.id and r.rated_at = at
    where o.id = asked
    on conflict on constraint public_case_number_key do nothing
    returning id
$$;
revoke execute on function public_case_of_rating(uuid, uuid, date, text, timestamptz) from public;
grant execute on function public_case_of_rating(uuid, uuid, date, text, timestamptz) to motorpool_web;

-- Who rents cars to units (社会化租赁、分时租赁供应商), and on which terms. Their cars are used like others and are no unit's establishment.
create table supplier (
    id          uuid primary key,
    -- who keeps the register
    unit_id     uuid not null references unit (id),
    name        text not null,
    contact     text not null,
    phone       text not null,
    created_by  uuid not null references account (id),
    created_at  timestamptz not null,
    -- no new contracts from then on
    retired_at  timestamptz
);
create index supplier_unit_idx on supplier (unit_id, name);
create table supplier_contract (
    id          uuid primary key,
    supplier_id uuid not null references supplier (id),
    -- whose people use the cars, with the units below
    unit_id     uuid not null references unit (id),
    number      text not null,
    kind        text not null,
    -- classes of the tariff that it is about
    classes     text[] not null,
    during      daterange not null,
    -- prices: by day and kilometre, or by the started hour
    day_fen     bigint,
    km_fen      bigint,
    hour_fen    bigint,
    created_by  uuid not null references account (id),
    created_at  timestamptz not null,
    constraint supplier_contract_number_key unique (supplier_id, number),
    constraint supplier_contract_during_check check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
    constraint supplier_contract_price_check check (case kind
        when 'rental' then day_fen > 0 and km_fen >= 0 and num_nulls(day_fen, km_fen) = 0 and hour_fen is null
        when 'time_share' then hour_fen > 0 and hour_fen is not null and num_nonnulls(day_fen, km_fen) = 0
        else false end)
);
create index supplier_contract_unit_idx on supplier_contract (unit_id);
create table supplier_car (
    vehicle_id  uuid primary key references vehicle (id),
    contract_id uuid not null references supplier_contract (id),
    added_at    timestamptz not null,
    -- its last day here
    returned_on date
);
create index supplier_car_contract_idx on supplier_car (contract_id);

-- A supplier's car goes while its contract lasts and until it is given back, whoever writes.
create function dispatch_order_in_contract() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    first date := (lower(new.taken) at time zone 'Asia/Shanghai')::date;
    last  date := (upper(new.taken) at time zone 'Asia/Shanghai')::date;
begin
    -- Who is back early is taken for less.
    if tg_op = 'UPDATE' and new.vehicle_id = old.vehicle_id and new.taken <@ old.taken then
        return new;
    end if;
    if exists (select from supplier_car c
               join supplier_contract k on k.id = c.contract_id
               where c.vehicle_id = new.vehicle_id
                 and not (k.during @> first and k.during @> last and coalesce(last <= c.returned_on, true)))
    then
        raise exception 'the car has no contract for that time'
            using errcode = 'check_violation', constraint='dispatch_order_contract_check', table = 'dispatch_order';
    end if;
    return new;
end $$;
revoke execute on function dispatch_order_in_contract() from public;
create trigger dispatch_order_in_contract before insert or update of vehicle_id, taken on dispatch_order
    for each row when (new.state not in ('declined', 'cancelled')) execute function dispatch_order_in_contract();

-- What a time-share car has cost in a span, whoever had it: of two that are settled at the same moment the second sees the first.
create function time_share_spent(asked uuid, from_at timestamptz, to_at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform from vehicle where id = asked for no key update;
    return (select coalesce(sum((line ->> 'amount_fen')::bigint), 0)
            from dispatch_order o
            join trip_settlement s on s.order_id = o.id,
                 jsonb_array_elements(s.lines) as line
            where o.vehicle_id = asked and s.basis = 'time_share' and o.departed_at >= from_at and o.departed_at < to_at
              and line ->> 'item' in ('time_share', 'cap', 'year_cap'));
end $$;
revoke execute on function time_share_spent(uuid, timestamptz, timestamptz) from public;
grant execute on function time_share_spent(uuid, timestamptz, timestamptz) to motorpool_web;
-- On which terms a car is here; whoever settles its trip need not see the contract.
create function supplier_terms(asked uuid)
returns table (contract_id uuid, number text, supplier text, kind text, day_fen bigint, km_fen bigint, hour_fen bigint, stars_hundredths integer)
language sql stable security definer set search_path = public, pg_temp as $$
    select k.id, k.number, s.name, k.kind, k.day_fen, k.km_fen, k.hour_fen,
           (select round(avg(r.attitude + r.appearance + r.driving) * 100 / 3)::integer
            from supplier_contract of_same
            join supplier_car its on its.contract_id = of_same.id
            join dispatch_order o on o.vehicle_id = its.vehicle_id
            join trip_rating r on r.order_id = o.id
            where of_same.supplier_id = s.id)
    from supplier_car c
    join supplier_contract k on k.id = c.contract_id
    join supplier s on s.id = k.supplier_id
    where c.vehicle_id = asked
$$;
revoke execute on function supplier_terms(uuid) from public;
grant execute on function supplier_terms(uuid) to motorpool_web;
alter table trip_settlement drop constraint trip_settlement_basis_check;
alter table trip_settlement add constraint trip_settlement_basis_check check (basis in ('tariff', 'expenses', 'time_share', 'rental'));

alter table supplier enable row level security;
create policy supplier_scope on supplier to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = supplier.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table supplier_contract enable row level security;
create policy supplier_contract_scope on supplier_contract to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c
               where c.unit_id = supplier_contract.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table supplier_car enable row level security;
create policy supplier_car_scope on supplier_car to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from supplier_contract k where k.id = supplier_car.contract_id));
grant select, insert, update (retired_at, unit_id) on supplier to motorpool_web;
grant select, insert, update (during, unit_id) on supplier_contract to motorpool_web;
grant select, insert, update (returned_on) on supplier_car to motorpool_web;
