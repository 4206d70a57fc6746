-- $1 tops of the scope, $2 heard before this is silent
select count(*) filter (where d.disabled_at is null and b.device_id is null and d.registered_at is null) as "idle!",
       count(*) filter (where d.disabled_at is null and b.device_id is null and d.registered_at is not null) as "registered!",
       count(*) filter (where d.disabled_at is null and b.device_id is not null) as "bound!",
       count(*) filter (where d.disabled_at is not null) as "disabled!",
       count(*) filter (where l.closed_at is null and l.last_heard_at > $2) as "online!",
       count(*) filter (where d.mismatch <> '[]') as "mismatch!"
from (
    -- each half by its own index: an `or` would look at every terminal of the nation
    select * from device where seen_by in (select unit_id from unit_within($1))
    union all
    select * from device where seen_by is null and exists (select from unit top where top.id = any($1) and top.parent_id is null)
) d
left join device_binding b on b.device_id = d.id and upper_inf(b.during)
left join device_link l on l.device_id = d.id
