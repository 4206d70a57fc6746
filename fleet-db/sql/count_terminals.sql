-- $1 top of the scope, $2 heard before this is silent
select count(*) filter (where d.disabled_at is null and v.id is null and d.registered_at is null) as "idle!",
       count(*) filter (where d.disabled_at is null and v.id is null and d.registered_at is not null) as "registered!",
       count(*) filter (where d.disabled_at is null and v.id is not null) as "bound!",
       count(*) filter (where d.disabled_at is not null) as "disabled!",
       count(*) filter (where l.closed_at is null and l.last_heard_at > $2) as "online!",
       count(*) filter (where d.mismatch <> '[]') as "mismatch!"
from device d
left join device_binding b on b.device_id = d.id and upper_inf(b.during)
left join vehicle v on v.id = b.vehicle_id
left join device_link l on l.device_id = d.id
where coalesce(v.unit_id, d.unit_id) in (select unit_within($1))
   or coalesce(v.unit_id, d.unit_id) is null and exists (select from unit top where top.id = $1 and top.parent_id is null)
