-- The annual statistics report (年度统计报告): versions of a unit's year with the figures that were signed, their steps, and the sums from
-- which drafts are worked out, unit by unit in one statement a section, whatever the size of the tree.

create table annual_report (
    id           uuid primary key,
    unit_id      uuid not null references unit (id),
    year         smallint not null,
    -- 1, 2, …: a year that is opened anew begins another, and the one before stays
    version      smallint not null,
    stage        text not null,
    -- `web::annual::Kept`; a draft has none
    figures      jsonb,
    -- why it was opened anew
    reason       text not null,
    checked_by   uuid references account (id),
    signed_by    uuid references account (id),
    submitted_by uuid references account (id),
    decided_by   uuid references account (id),
    opened_by    uuid not null references account (id),
    opened_at    timestamptz not null,
    changed_at   timestamptz not null,
    constraint annual_report_version_key unique (unit_id, year, version),
    constraint annual_report_year_check check (year between 2000 and 2999),
    constraint annual_report_stage_check check (stage in ('draft', 'checked', 'signed', 'submitted', 'returned', 'accepted')),
    constraint annual_report_figures_check check ((stage = 'draft') = (figures is null)),
    constraint annual_report_signed_check check (stage not in ('signed', 'submitted', 'accepted') or signed_by is not null),
    constraint annual_report_four_eyes_check check (signed_by <> checked_by and decided_by <> submitted_by)
);

-- What was signed stays as it was signed; what was accepted stays at all. A version follows one that was accepted.
create function annual_report_keeps() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if new.version = 1 or exists (select from annual_report r
                                      where r.unit_id = new.unit_id and r.year = new.year and r.version = new.version - 1 and r.stage = 'accepted')
        then
            return new;
        end if;
    elsif tg_op = 'UPDATE' then
        if old.stage <> 'accepted'
           and (new.id, new.unit_id, new.year, new.version, new.reason, new.opened_by, new.opened_at)
               is not distinct from (old.id, old.unit_id, old.year, old.version, old.reason, old.opened_by, old.opened_at)
           and (old.stage = 'draft' or new.stage = 'draft' or new.figures = old.figures)
        then
            return new;
        end if;
    end if;
    raise exception 'what was handed up stays' using errcode = 'restrict_violation', constraint='annual_report_final_check';
end $$;
revoke execute on function annual_report_keeps() from public;
create trigger annual_report_keeps before insert or update or delete on annual_report for each row execute function annual_report_keeps();
create trigger annual_report_kept_all before truncate on annual_report for each statement execute function lifecycle_is_kept();

create table annual_report_step (
    report_id  uuid not null references annual_report (id),
    seq        bigint generated always as identity,
    action     text not null,
    to_stage   text not null,
    by         uuid not null references account (id),
    at         timestamptz not null,
    reason     text not null,
    primary key (report_id, seq)
);
create trigger annual_report_step_kept before update or delete on annual_report_step for each row execute function lifecycle_is_kept();
create trigger annual_report_step_kept_all before truncate on annual_report_step for each statement execute function lifecycle_is_kept();

alter table annual_report enable row level security;
create policy annual_report_scope on annual_report to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = annual_report.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table annual_report_step enable row level security;
create policy annual_report_step_scope on annual_report_step to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from annual_report r where r.id = annual_report_step.report_id));
grant select, insert, update (stage, figures, checked_by, signed_by, submitted_by, decided_by, changed_at) on annual_report to motorpool_web;
grant select, insert on annual_report_step to motorpool_web;

-- Those of the units that the asker sees: the sums below are worked out past row-level security, a row at a time would be too dear.
create function annual_units(asked uuid[]) returns table (unit_id uuid) language sql stable security definer set search_path = public, pg_temp as $$
    select distinct u.unit_id
    from unnest(asked) as u (unit_id)
    where (select motorpool_sees_all())
       or exists (select from unit_closure s where s.unit_id = u.unit_id and s.ancestor_id = any ((select motorpool_scope())::uuid[]))
$$;

-- Cars that were in any of the units between the days: whose on the eve of the first and on the last, since when, until when and how.
create function annual_cars(asked uuid[], first_day date, last_day date)
returns table (vehicle_id uuid, vehicle_no integer, plate text, category text, powertrain text, status text, unit_id uuid, unit_at_start uuid,
               unit_at_end uuid, since date, gone_on date, gone_by text, is_renewal boolean, is_registered boolean)
rows 50000 language sql stable security definer set search_path = public, pg_temp as $$
    with below as materialized (
        select u.unit_id from annual_units(asked) u
    ), moved as materialized (
        select p.vehicle_id, p.unit_id as from_id, p.to_unit_id as to_id, (s.at at time zone 'Asia/Shanghai')::date as on_day, s.seq
        from lifecycle_paper p
        join lifecycle_step s on s.paper_id = p.id and s.action = 'hand_over'
        where p.paper = 'transfer' and p.state = 'done'
    ), at_start as (
        select distinct on (m.vehicle_id) m.vehicle_id, m.from_id from moved m where m.on_day >= first_day order by m.vehicle_id, m.seq
    ), at_end as (
        select distinct on (m.vehicle_id) m.vehicle_id, m.from_id from moved m where m.on_day > last_day order by m.vehicle_id, m.seq
    )
    select v.id, v.no, v.plate, v.category, v.powertrain, v.status, v.unit_id, coalesce(a.from_id, v.unit_id), coalesce(e.from_id, v.unit_id),
           coalesce(r.registered_on, (v.created_at at time zone 'Asia/Shanghai')::date),
           (d.facts -> 'sale' ->> 'on')::date, d.facts -> 'disposal' ->> 'way', coalesce(i.facts ->> 'kind' = 'renewal', false),
           r.vehicle_id is not null
    from vehicle v
    left join vehicle_registration r on r.vehicle_id = v.id
    left join at_start a on a.vehicle_id = v.id
    left join at_end e on e.vehicle_id = v.id
    left join lifecycle_paper d on d.vehicle_id = v.id and d.paper = 'disposal' and d.state in ('executed', 'paid', 'closed')
    left join lifecycle_paper p on p.vehicle_id = v.id and p.paper = 'purchase' and p.state = 'registered'
    left join lifecycle_paper i on i.id = p.indicator_id
    where not exists (select from supplier_car s where s.vehicle_id = v.id)
      and (v.unit_id in (select b.unit_id from below b)
           or v.id in (select m.vehicle_id from moved m where m.from_id in (select b.unit_id from below b) or m.to_id in (select b.unit_id from below b)))
$$;

-- What there was, what came and what went.
create function annual_stock(asked uuid[], first_day date, last_day date)
returns table (unit_id uuid, category text, powertrain text, item text, amount bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    with below as materialized (
        select u.unit_id from annual_units(asked) u
    ), car as materialized (
        -- a car that is gone without its day was never there: it is told of beside
        select c.* from annual_cars(asked, first_day, last_day) c where c.status <> 'disposed' or c.gone_on is not null
    ), line as (
        select c.unit_at_start as unit_id, c.category, c.powertrain, 'opening' as item
        from car c where c.since < first_day and (c.gone_on is null or c.gone_on >= first_day)
        union all
        select c.unit_at_start, c.category, c.powertrain, case when c.is_renewal then 'renewed' else 'added' end
        from car c where c.since between first_day and last_day
        union all
        select case side.name when 'moved_out' then p.unit_id else p.to_unit_id end, c.category, c.powertrain, side.name
        from lifecycle_paper p
        join lifecycle_step s on s.paper_id = p.id and s.action = 'hand_over'
        join car c on c.vehicle_id = p.vehicle_id
        cross join (values ('moved_out'), ('moved_in')) as side (name)
        where p.paper = 'transfer' and p.state = 'done' and (s.at at time zone 'Asia/Shanghai')::date between first_day and last_day
        union all
        select c.unit_id, c.category, c.powertrain,
               case c.gone_by when 'auction' then 'auctioned' when 'maker_return' then 'maker_returned' when 'scrap' then 'scrapped' else 'allotted' end
        from car c where c.gone_on between first_day and last_day
        union all
        select c.unit_at_end, c.category, c.powertrain, 'closing'
        from car c where c.since <= last_day and (c.gone_on is null or c.gone_on > last_day)
    )
    select l.unit_id, l.category, l.powertrain, l.item, count(*)
    from line l
    where l.unit_id in (select b.unit_id from below b)
    group by l.unit_id, l.category, l.powertrain, l.item
    union all
    -- places concern the category alone
    select e.unit_id, e.category, null, 'authorised', sum(e.count)
    from establishment_entry e
    where e.unit_id in (select b.unit_id from below b) and e.entered_at < (last_day + 1)::timestamp at time zone 'Asia/Shanghai'
    group by e.unit_id, e.category
$$;

-- What was driven, hired, repaired and found. As in the figures of cars, use goes with the car's present unit.
create function annual_use(asked uuid[], first_day date, last_day date)
returns table (unit_id uuid, category text, powertrain text, item text, amount bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    with span as (
        select first_day::timestamp at time zone 'Asia/Shanghai' as since, (last_day + 1)::timestamp at time zone 'Asia/Shanghai' as until
    ), below as materialized (
        select u.unit_id from annual_units(asked) u
    ), car as materialized (
        select c.* from annual_cars(asked, first_day, last_day) c where c.unit_id in (select b.unit_id from below b)
    ), driven as (
        select t.vehicle_no, sum(t.distance_m)::bigint as distance, count(distinct (t.started_at at time zone 'Asia/Shanghai')::date) as days
        from span, trip t
        where t.started_at >= span.since and t.started_at < span.until
        group by t.vehicle_no
    ), line as (
        select c.unit_id, c.category, c.powertrain, f.item, f.amount
        from car c
        join driven d on d.vehicle_no = c.vehicle_no
        cross join lateral (values ('distance', d.distance), ('used_days', d.days), ('used_cars', 1::bigint)) as f (item, amount)
        union all
        select c.unit_id, c.category, c.powertrain, 'car_days',
               (least(last_day, coalesce(c.gone_on - 1, last_day)) - greatest(first_day, c.since) + 1)::bigint
        from car c
        where c.since <= last_day and (c.status <> 'disposed' or c.gone_on is not null) and coalesce(c.gone_on > greatest(first_day, c.since), true)
        union all
        select c.unit_id, c.category, c.powertrain, 'trips', 1
        from span, dispatch_order o
        join car c on c.vehicle_id = o.vehicle_id
        where o.departed_at >= span.since and o.departed_at < span.until and o.state not in ('declined', 'cancelled')
        union all
        -- whoever travels hires
        select o.unit_id, v.category, v.powertrain, f.item, f.amount
        from span, dispatch_order o
        join vehicle v on v.id = o.vehicle_id
        left join trip_settlement s on s.order_id = o.id
        cross join lateral (values ('hired_trips', 1::bigint), ('hired', coalesce(s.total_fen, 0))) as f (item, amount)
        where o.departed_at >= span.since and o.departed_at < span.until and o.state not in ('declined', 'cancelled')
          and o.unit_id in (select b.unit_id from below b)
          and exists (select from supplier_car s where s.vehicle_id = o.vehicle_id)
        union all
        select c.unit_id, c.category, c.powertrain, 'shop_days',
               (least(last_day, (coalesce(case when r.state <> 'in_shop' then upper(r.in_shop) - interval '1 microsecond' end, span.until)
                                 at time zone 'Asia/Shanghai')::date)
                - greatest(first_day, (lower(r.in_shop) at time zone 'Asia/Shanghai')::date) + 1)::bigint
        from span, repair_order r
        join car c on c.vehicle_id = r.vehicle_id
        where r.state in ('in_shop', 'accepted', 'settled')
          and lower(r.in_shop) < span.until and (r.state = 'in_shop' or upper(r.in_shop) > span.since)
        union all
        select c.unit_id, c.category, c.powertrain, 'violations', 1
        from span, trip_finding f
        join car c on c.vehicle_id = f.vehicle_id
        where f.state = 'violation' and f.at >= span.since and f.at < span.until
    )
    select l.unit_id, l.category, l.powertrain, l.item, sum(l.amount)::bigint
    from line l
    group by l.unit_id, l.category, l.powertrain, l.item
$$;

-- Money by heads, energy and carbon: the ledger of costs, of the units that had them.
create function annual_costs(asked uuid[], first_day date, last_day date)
returns table (unit_id uuid, category text, powertrain text, item text, amount bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    with cost as materialized (
        select c.unit_id, v.category, v.powertrain, c.head, sum(c.amount_fen)::bigint as fen, sum(c.fuel_ml)::bigint as fuel,
               sum(c.energy_wh)::bigint as energy, sum(c.carbon_g)::bigint as carbon
        from vehicle_cost c
        join vehicle v on v.id = c.vehicle_id
        where c.occurred_on between first_day and last_day and c.unit_id in (select u.unit_id from annual_units(asked) u)
        group by c.unit_id, v.category, v.powertrain, c.head
    )
    select c.unit_id, c.category, c.powertrain, f.item, f.amount
    from cost c
    cross join lateral (values (c.head, c.fen), ('fuel_taken', c.fuel), ('energy_taken', c.energy), ('carbon', c.carbon)) as f (item, amount)
    where f.amount <> 0
$$;

-- What lacks, by unit: how many and the first few of them.
create function annual_gaps(asked uuid[], first_day date, last_day date)
returns table (unit_id uuid, kind text, found bigint, examples text[])
language sql stable security definer set search_path = public, pg_temp as $$
    with span as (
        select first_day::timestamp at time zone 'Asia/Shanghai' as since, (last_day + 1)::timestamp at time zone 'Asia/Shanghai' as until
    ), below as materialized (
        select u.unit_id from annual_units(asked) u
    ), car as materialized (
        select c.* from annual_cars(asked, first_day, last_day) c where c.unit_id in (select b.unit_id from below b) and c.since <= last_day
    ), stock as materialized (
        select c.* from car c where c.status <> 'disposed' and (c.gone_on is null or c.gone_on > last_day)
    ), driven as materialized (
        select distinct t.vehicle_no from span, trip t where t.started_at >= span.since and t.started_at < span.until and t.distance_m > 0
    ), line as (
        select c.unit_id, 'undated' as kind, c.plate as example from car c where c.status = 'disposed' and c.gone_on is null
        union all
        select s.unit_id, 'unregistered', s.plate from stock s where not s.is_registered
        union all
        select s.unit_id, 'unmoved', s.plate
        from stock s where s.status <> 'sealed' and not exists (select from driven d where d.vehicle_no = s.vehicle_no)
        union all
        select s.unit_id, 'unfuelled', s.plate
        from stock s
        join driven d on d.vehicle_no = s.vehicle_no
        where not exists (select from vehicle_cost k
                          where k.vehicle_id = s.vehicle_id and k.occurred_on between first_day and last_day and k.head in ('fuel', 'charge'))
        union all
        select x.unit_id, 'waiting_costs', x.number
        from span, cost_exception x
        where x.resolved_at is null and x.occurred_at >= span.since and x.occurred_at < span.until and x.unit_id in (select b.unit_id from below b)
        union all
        select v.unit_id, 'unsettled', o.number
        from span, dispatch_order o
        join vehicle v on v.id = o.vehicle_id
        where o.departed_at >= span.since and o.departed_at < span.until and o.state not in ('settled', 'declined', 'cancelled')
          and v.unit_id in (select b.unit_id from below b)
        union all
        select u.unit_id, 'no_establishment', ''
        from (select distinct s.unit_id from stock s) u where not exists (select from establishment_entry e where e.unit_id = u.unit_id)
        union all
        select u.unit_id, 'year_not_closed', ''
        from (select distinct s.unit_id from stock s) u
        where not exists (select from closed_year y join unit_closure c on c.ancestor_id = y.unit_id
                          where c.unit_id = u.unit_id and y.year >= date_part('year', last_day))
    )
    select l.unit_id, l.kind, count(*), (array_agg(l.example order by l.example) filter (where l.example <> ''))[1:5]
    from line l
    group by l.unit_id, l.kind
$$;
revoke execute on function annual_units(uuid[]), annual_cars(uuid[], date, date), annual_stock(uuid[], date, date), annual_use(uuid[], date, date),
    annual_costs(uuid[], date, date), annual_gaps(uuid[], date, date) from public;
grant execute on function annual_stock(uuid[], date, date), annual_use(uuid[], date, date), annual_costs(uuid[], date, date),
    annual_gaps(uuid[], date, date) to motorpool_web;
