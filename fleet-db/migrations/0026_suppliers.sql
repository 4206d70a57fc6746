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
