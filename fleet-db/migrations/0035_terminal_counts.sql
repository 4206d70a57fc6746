-- How many terminals stand where: counted at once within the scope, instead of asking row by row whether each may be seen.

create function terminal_counts(asked uuid[], heard_since timestamptz)
returns table (idle bigint, registered bigint, bound bigint, disabled bigint, online bigint, mismatch bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    with seen as materialized (
        select distinct u.unit_id from unit_within(asked) u
        -- what the connection's own scope does not reach is not counted, whatever is asked for
        where current_setting('role') <> 'motorpool_web'
           or exists (select from unit_closure c where c.unit_id = u.unit_id and c.ancestor_id = any (motorpool_scope()))
    ), d as (
        -- each half by its own index: an `or` would look at every terminal of the nation
        select id, disabled_at, registered_at, device.mismatch from device where seen_by in (select unit_id from seen)
        union all
        select id, disabled_at, registered_at, device.mismatch from device
        where seen_by is null
          and exists (select from unit top where top.id = any (asked) and top.parent_id is null)
          and (current_setting('role') <> 'motorpool_web' or motorpool_sees_all())
    )
    select count(*) filter (where d.disabled_at is null and b.device_id is null and d.registered_at is null),
           count(*) filter (where d.disabled_at is null and b.device_id is null and d.registered_at is not null),
           count(*) filter (where d.disabled_at is null and b.device_id is not null),
           count(*) filter (where d.disabled_at is not null),
           count(*) filter (where l.closed_at is null and l.last_heard_at > heard_since),
           count(*) filter (where d.mismatch <> '[]')
    from d
    left join device_binding b on b.device_id = d.id and upper_inf(b.during)
    left join device_link l on l.device_id = d.id
$$;
revoke execute on function terminal_counts(uuid[], timestamptz) from public;
grant execute on function terminal_counts(uuid[], timestamptz) to motorpool_web;
