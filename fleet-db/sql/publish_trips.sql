-- Settled trips that are not shown yet, and not confidential: distance by the odometer where both readings are there, else as reckoned;
-- fuel and energy as the receipts say, what was taken back left out.
with fit as (
    select o.id, o.unit_id, o.departed_at, o.returned_at, r.reason, r.from_name, r.to_name,
           coalesce((o.return_odometer_m - o.depart_odometer_m)::integer, r.distance_m) as distance_m, s.total_fen,
           (select sum(e.fuel_l) from trip_expense e
            where e.order_id = o.id and e.reverses is null and not exists (select from trip_expense b where b.reverses = e.id)) as fuel_l,
           (select sum(e.energy_kwh) from trip_expense e
            where e.order_id = o.id and e.reverses is null and not exists (select from trip_expense b where b.reverses = e.id)) as energy_kwh
    from dispatch_order o
    join trip_request r on r.id = o.request_id
    join trip_settlement s on s.order_id = o.id
    where o.state = 'settled' and not r.is_confidential and o.departed_at is not null
      and o.returned_at >= $3 and o.returned_at < $4
      and o.unit_id in (select unit_id from unit_within($1))
      and o.unit_id in (select unit_id from unit_within(array[$2::uuid]))
      and not exists (select from trip_notice n where n.order_id = o.id and n.taken_back_at is null)
), shown as (
    insert into trip_notice (id, order_id, unit_id, began_at, ended_at, reason, from_name, to_name, distance_m, fuel_l, energy_kwh, cost_fen,
        shown_by, shown_at)
    select gen_random_uuid(), id, unit_id, departed_at, returned_at, reason, from_name, to_name, distance_m, fuel_l, energy_kwh, total_fen,
           $5, $6
    from fit
    returning 1
)
select count(*) from shown
