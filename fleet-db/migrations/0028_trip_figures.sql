-- Figures of trips (用车指标): each is a list of rows with an amount, so that a figure and the list behind it cannot differ.
-- What lies in the span is said by the instant of each row; who asks sees what row-level security lets through.

-- Amounts: 1 for what is counted, seconds for how long, metres, fen, days.
create function trip_figure_rows(of_figure text, tops uuid[], since timestamptz, until timestamptz)
returns table (id uuid, title text, unit_id uuid, at timestamptz, amount bigint)
language sql stable set search_path = public, pg_temp as $$
    select r.id, r.number, r.unit_id, r.submitted_at, 1::bigint
    from trip_request r
    where of_figure = 'requests' and r.submitted_at >= since and r.submitted_at < until
      and r.unit_id in (select unit_id from unit_within(tops))
    union all
    select r.id, r.number, r.unit_id, r.submitted_at, 1
    from trip_request r
    where of_figure = 'emergencies' and r.is_emergency and r.submitted_at >= since and r.submitted_at < until
      and r.unit_id in (select unit_id from unit_within(tops))
    union all
    select r.id, r.number, r.unit_id, r.decided_at, extract(epoch from r.decided_at - r.submitted_at)::bigint
    from trip_request r
    where of_figure = 'approval_time' and r.decided_at >= since and r.decided_at < until and r.decided_at >= r.submitted_at
      and r.unit_id in (select unit_id from unit_within(tops))
    union all
    -- from the decision to the first car that was given
    select r.id, r.number, r.unit_id, o.issued_at, extract(epoch from o.issued_at - r.decided_at)::bigint
    from trip_request r
    join lateral (select min(issued_at) as issued_at from dispatch_order where request_id = r.id) o on o.issued_at >= r.decided_at
    where of_figure = 'dispatch_time' and o.issued_at >= since and o.issued_at < until
      and r.unit_id in (select unit_id from unit_within(tops))
    union all
    select o.id, o.number, o.unit_id, o.departed_at, 1
    from dispatch_order o
    where of_figure = 'orders' and o.departed_at >= since and o.departed_at < until and o.state not in ('declined', 'cancelled')
      and o.unit_id in (select unit_id from unit_within(tops))
    union all
    -- kilometres that the requests which rode along did not need a car of their own for
    select r.id, r.number, r.unit_id, lower(r.planned), r.distance_m
    from trip_request r
    where of_figure = 'shared' and lower(r.planned) >= since and lower(r.planned) < until
      and r.unit_id in (select unit_id from unit_within(tops))
      and exists (select from trip_ride c join dispatch_order o on o.id = c.order_id
                  where c.request_id = r.id and c.left_at is null and o.state not in ('declined', 'cancelled'))
    union all
    -- days of the legal calendar on which each car was seen to drive
    select v.id, v.plate, v.unit_id, min(t.started_at), count(distinct (t.started_at at time zone 'Asia/Shanghai')::date)
    from vehicle v
    join trip t on t.vehicle_no = v.no
    where of_figure = 'used_cars' and t.started_at >= since and t.started_at < until
      and v.unit_id in (select unit_id from unit_within(tops))
    group by v.id, v.plate, v.unit_id
    union all
    select t.id, v.plate, v.unit_id, t.started_at, t.distance_m
    from vehicle v
    join trip t on t.vehicle_no = v.no
    where of_figure = 'trips' and t.started_at >= since and t.started_at < until
      and v.unit_id in (select unit_id from unit_within(tops))
    union all
    select f.id, v.plate, v.unit_id, f.at, 1
    from trip_finding f
    join vehicle v on v.id = f.vehicle_id
    where (of_figure = 'findings' or of_figure = 'unordered' and f.kind = 'use_without_order')
      and f.at >= since and f.at < until
      and v.unit_id in (select unit_id from unit_within(tops))
    union all
    select o.id, o.number, o.unit_id, g.rated_at, case when least(g.attitude, g.appearance, g.driving) >= 4 then 1 else 0 end
    from trip_rating g
    join dispatch_order o on o.id = g.order_id
    where of_figure = 'ratings' and g.rated_at >= since and g.rated_at < until
      and o.unit_id in (select unit_id from unit_within(tops))
    union all
    select o.id, o.number, o.unit_id, s.settled_at, s.total_fen
    from trip_settlement s
    join dispatch_order o on o.id = s.order_id
    where of_figure = 'settled' and s.settled_at >= since and s.settled_at < until
      and o.unit_id in (select unit_id from unit_within(tops))
$$;
revoke execute on function trip_figure_rows(text, uuid[], timestamptz, timestamptz) from public;
grant execute on function trip_figure_rows(text, uuid[], timestamptz, timestamptz) to motorpool_web;
create index trip_request_submitted_idx on trip_request (submitted_at);
create index dispatch_order_departed_idx on dispatch_order (departed_at);
create index trip_started_idx on trip (started_at);
