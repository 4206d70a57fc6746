-- Disposals and transfers: a car goes once, what it brings is what the treasury gets, and a car that is gone is nobody's to order.

create unique index lifecycle_paper_disposed_key on lifecycle_paper (vehicle_id)
    where paper = 'disposal' and state not in ('rejected', 'withdrawn');
create unique index lifecycle_paper_moving_key on lifecycle_paper (vehicle_id)
    where paper = 'transfer' and state in ('offered', 'proposed', 'approved');
alter table lifecycle_paper add constraint lifecycle_paper_disposal_check check (paper <> 'disposal' or case
    when state in ('valued', 'approved') then facts ? 'valuation'
    when state = 'executed' then facts ?& array['valuation', 'sale']
    when state in ('paid', 'closed') then facts ?& array['valuation', 'sale', 'payment']
    else not (facts ? 'sale' or facts ? 'payment') end);
-- 收益: what was paid is the sale less its costs.
alter table lifecycle_paper add constraint lifecycle_paper_proceeds_check check (not (paper = 'disposal' and facts ? 'payment')
    or coalesce((facts -> 'payment' ->> 'paid_fen')::bigint
        = (facts -> 'sale' ->> 'sale_fen')::bigint - (facts -> 'sale' ->> 'costs_fen')::bigint, false));

-- A car that goes, or is gone, is not ordered; whoever writes waits for the other.
create function dispatch_order_not_gone() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    stands text;
begin
    if tg_op = 'UPDATE' and new.vehicle_id = old.vehicle_id then
        return new;
    end if;
    select status into stands from vehicle where id = new.vehicle_id for share;
    if stands in ('awaiting_disposal', 'disposed') then
        raise exception 'the car goes, or is gone'
            using errcode = 'check_violation', constraint='dispatch_order_gone_check', table = 'dispatch_order';
    end if;
    return new;
end $$;
revoke execute on function dispatch_order_not_gone() from public;
create trigger dispatch_order_not_gone before insert or update of vehicle_id on dispatch_order
    for each row when (new.state not in ('declined', 'cancelled')) execute function dispatch_order_not_gone();
create function vehicle_not_ordered() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from dispatch_order o where o.vehicle_id = new.id and o.state in ('issued', 'accepted', 'underway', 'waiting')) then
        raise exception 'the car is ordered' using errcode = 'check_violation', constraint='vehicle_ordered_check', table = 'vehicle';
    end if;
    return new;
end $$;
revoke execute on function vehicle_not_ordered() from public;
create trigger vehicle_not_ordered before update of status on vehicle
    for each row when (new.status in ('awaiting_disposal', 'disposed') and old.status <> new.status)
    execute function vehicle_not_ordered();
-- What is gone does not come back: a mistake is found before the car is sold.
create function vehicle_stays_gone() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'the car is gone' using errcode = 'check_violation', constraint='vehicle_gone_check', table = 'vehicle';
end $$;
revoke execute on function vehicle_stays_gone() from public;
create trigger vehicle_stays_gone before update of status on vehicle
    for each row when (old.status = 'disposed' and new.status <> 'disposed')
    execute function vehicle_stays_gone();
