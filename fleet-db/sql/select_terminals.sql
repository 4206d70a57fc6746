-- $1 tops of the scope, $2 one terminal or null, $3 text, $4 state, $5 protocol, $6 online, $7 contradictions alone,
-- $8 heard before this is silent, $9 after this number, $10 rows
select t.id, t.terminal_id, t.protocol, t.profile, t.model, t.state as "state!", t.seen_by as "unit_id?", unit.name as "unit_name?",
       t.vehicle_id as "vehicle_id?", t.plate as "plate?", t.iccids, t.sim_number, t.issued_on, t.note, t.platform_id, t.created_at,
       t.registered_at, t.disabled_at, t.is_online as "is_online!", t.peer as "peer?", t.version as "version?",
       t.is_encrypted as "is_encrypted?", t.connected_at as "connected_at?", t.last_heard_at as "last_heard_at?",
       t.closed_at as "closed_at?", t.close_reason as "close_reason?", t.told, t.told_at, t.mismatch,
       (select count(*) from terminal_command c where c.device_id = t.id and c.state = 'queued') as "waiting!"
from (
    select d.*, v.id as vehicle_id, v.plate,
           case when d.disabled_at is not null then 'disabled'
                when v.id is not null then 'bound'
                when d.registered_at is not null then 'registered'
                else 'idle' end as state,
           coalesce(l.closed_at is null and l.last_heard_at > $8, false) as is_online,
           l.peer, l.version, l.is_encrypted, l.connected_at, l.last_heard_at, l.closed_at, l.close_reason
    from device d
    left join device_binding b on b.device_id = d.id and upper_inf(b.during)
    left join vehicle v on v.id = b.vehicle_id
    left join device_link l on l.device_id = d.id
) t
left join unit on unit.id = t.seen_by
where (t.seen_by in (select unit_id from unit_within($1))
       or t.seen_by is null and exists (select from unit top where top.id = any($1) and top.parent_id is null))
  and ($2::uuid is null or t.id = $2)
  and ($3::text is null
       or strpos(lower(t.terminal_id), $3) > 0
       or strpos(lower(t.model), $3) > 0
       or strpos(coalesce(t.sim_number, ''), $3) > 0
       or strpos(array_to_string(t.iccids, ' '), upper($3)) > 0
       or strpos(lower(coalesce(t.plate, '')), $3) > 0)
  and ($4::text is null or t.state = $4)
  and ($5::text is null or t.protocol = $5)
  and ($6::bool is null or t.is_online = $6)
  and (not $7::bool or t.mismatch <> '[]')
  and t.terminal_id > $9
order by t.terminal_id
limit $10
