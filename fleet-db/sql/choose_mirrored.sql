-- Which vehicles a link is for, with a cursor for each: at the newest position of one that was there before the link or comes
-- back to it, at the very beginning of one that is new.
with recursive wanted as (
    select id from unit where id = any($2) or cardinality($2::uuid[]) = 0
    union
    select unit.id from unit join wanted on unit.parent_id = wanted.id
), chosen as (
    select v.no, v.created_at
    from vehicle v
    where v.unit_id in (select id from wanted) and v.category <> all($3) and v.plate <> all($4)
      -- what is exempt is for nobody above us either, not even what it reported before
      and not exists (select from vehicle_exemption e where e.vehicle_no = v.no and upper_inf(e.during))
), dropped as (
    update mirror_cursor set is_chosen = false
    where link = $1 and is_chosen and vehicle_no not in (select no from chosen)
)
insert into mirror_cursor (link, vehicle_no, fixed_at, sequence, is_chosen)
select
    link.name,
    chosen.no,
    case
        when known.link is null and chosen.created_at > link.since then to_timestamp(0)
        else coalesce(newest.fixed_at, to_timestamp(0))
    end,
    case
        when known.link is null and chosen.created_at > link.since then 0
        else coalesce(newest.sequence, 0)
    end,
    true
from chosen
join mirror_link link on link.name = $1
left join mirror_cursor known on known.link = link.name and known.vehicle_no = chosen.no
left join lateral (
    (select p.fixed_at, p.sequence from vehicle_position p where p.vehicle_no = chosen.no order by p.fixed_at desc, p.sequence desc limit 1)
    union all
    (select p.fixed_at, p.sequence from vehicle_position_late p where p.vehicle_no = chosen.no order by p.fixed_at desc, p.sequence desc limit 1)
    union all
    (select d.last_at, 9223372036854775807 from track_day d where d.vehicle_no = chosen.no order by d.day desc limit 1)
    order by 1 desc, 2 desc
    limit 1
) newest on true
where known.link is null or not known.is_chosen
on conflict (link, vehicle_no) do update
set fixed_at = excluded.fixed_at, sequence = excluded.sequence, is_chosen = true
