-- Purchases by an indicator that has its money, and what a car's registration says: whose it is, its plates over time, how it is marked.

-- An indicator is used once.
create unique index lifecycle_paper_indicator_key on lifecycle_paper (indicator_id) where paper = 'purchase' and state <> 'cancelled';
create unique index lifecycle_paper_bought_key on lifecycle_paper (vehicle_id) where paper = 'purchase';
create function lifecycle_purchase_has_money() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from lifecycle_paper i
                   join budget_line l on l.indicator_id = i.id and l.is_open
                   join lifecycle_paper b on b.id = l.budget_id and b.state = 'approved'
                   where i.id = new.indicator_id and i.paper = 'indicator' and i.state = 'used' and i.unit_id = new.unit_id)
    then
        raise exception 'a purchase has an indicator whose money was granted'
            using errcode = 'check_violation', constraint='lifecycle_paper_money_check';
    end if;
    return new;
end $$;
revoke execute on function lifecycle_purchase_has_money() from public;
create trigger lifecycle_purchase_has_money before insert on lifecycle_paper
    for each row when (new.paper = 'purchase') execute function lifecycle_purchase_has_money();
alter table lifecycle_paper add constraint lifecycle_paper_purchase_check check (paper <> 'purchase' or case
    when state in ('contracted') then facts ? 'contract'
    when state = 'accepted' then facts ?& array['contract', 'acceptance']
    when state = 'registered' then facts ?& array['contract', 'acceptance'] and vehicle_id is not null
    else vehicle_id is null end);

-- What the police's register and the purchase say of a car (登记档案); of a car from before, what is known.
create table vehicle_registration (
    vehicle_id      uuid primary key references vehicle (id),
    purchase_id     uuid references lifecycle_paper (id),
    owner_kind      text not null,
    owner_unit_id   uuid references unit (id),
    owner_name      text not null,
    -- number of the certificate
    certificate     text not null,
    -- first registration: the years of use run from here
    registered_on   date not null,
    -- by when it is on the platform, and since when it is
    platform_by     date,
    entered_on      date not null,
    body            text not null,
    -- by which ceiling it was bought
    standard_case   text not null,
    standard_document text not null,
    displacement_ml integer,
    engine_number   text not null,
    price_fen       bigint,
    tax_fen         bigint,
    is_domestic     boolean not null,
    recorded_by     uuid not null references account (id),
    recorded_at     timestamptz not null,
    constraint vehicle_registration_purchase_key unique (purchase_id),
    constraint vehicle_registration_owner_check check (
        owner_kind in ('unit', 'enterprise', 'person') and (owner_kind = 'unit' or owner_unit_id is null) and trim(owner_name) <> ''),
    constraint vehicle_registration_price_check check (coalesce(price_fen, 1) > 0 and coalesce(tax_fen, 0) >= 0)
);

-- Which plate a car had when (号牌历史): the car stays the same by its identification number. Of a car from before, since it is known here.
create table vehicle_plate (
    vehicle_id  uuid not null references vehicle (id),
    plate       text not null,
    during      daterange not null,
    reason      text not null,
    document    text not null,
    -- null: with the car itself
    recorded_by uuid references account (id),
    recorded_at timestamptz not null,
    primary key (vehicle_id, during),
    constraint vehicle_plate_during_check check (not isempty(during) and not lower_inf(during)),
    constraint vehicle_plate_one_excl exclude using gist (vehicle_id with =, during with &&),
    constraint vehicle_plate_once_excl exclude using gist (plate with =, during with &&)
);
insert into vehicle_plate (vehicle_id, plate, during, reason, document, recorded_at)
select id, plate, daterange((created_at at time zone 'Asia/Shanghai')::date, null), '', '', created_at from vehicle;
create function vehicle_plate_begins() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into vehicle_plate (vehicle_id, plate, during, reason, document, recorded_at)
    values (new.id, new.plate, daterange((new.created_at at time zone 'Asia/Shanghai')::date, null), '', '', new.created_at);
    return null;
end $$;
revoke execute on function vehicle_plate_begins() from public;
create trigger vehicle_plate_begins after insert on vehicle for each row execute function vehicle_plate_begins();
-- A car that was entered by mistake goes with its plate.
create function vehicle_plate_ends() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from vehicle_plate where vehicle_id = old.id;
    return old;
end $$;
revoke execute on function vehicle_plate_ends() from public;
create trigger vehicle_plate_ends before delete on vehicle for each row execute function vehicle_plate_ends();

-- How a car is marked (标识), or by which law it is not.
create table vehicle_marking (
    id          uuid primary key,
    vehicle_id  uuid not null references vehicle (id),
    kind        text not null,
    -- one a car, for good
    code        text,
    document    text not null,
    from_on     date not null,
    ended_on    date,
    recorded_by uuid not null references account (id),
    recorded_at timestamptz not null,
    constraint vehicle_marking_code_key unique (code),
    constraint vehicle_marking_kind_check check (
        kind in ('sticker', 'paint', 'exempt') and (kind = 'exempt') = (code is null) and (kind <> 'exempt' or trim(document) <> '')),
    constraint vehicle_marking_span_check check (ended_on >= from_on)
);
create unique index vehicle_marking_now_key on vehicle_marking (vehicle_id) where ended_on is null;

do $$
declare
    t text;
begin
    foreach t in array array['vehicle_registration', 'vehicle_plate', 'vehicle_marking'] loop
        execute format('alter table %I enable row level security', t);
        execute format('create policy %I on %I to motorpool_web using (
                            (select motorpool_sees_all()) or exists (select from vehicle v where v.id = %I.vehicle_id))', t || '_scope', t, t);
    end loop;
end $$;
grant select, insert, update on vehicle_registration to motorpool_web;
grant select, insert, update (during) on vehicle_plate to motorpool_web;
grant select, insert, update (ended_on) on vehicle_marking to motorpool_web;
