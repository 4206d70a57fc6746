-- What row-level security costs, once more: functions that a policy calls are planned once a connection instead of once a statement,
-- and a search for a unit uses its index: `@@` may tell what it saw, so that no index is asked by it behind a policy.

create or replace function motorpool_sees_all() returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (select from unit where parent_id is null)
       and not exists (select from unit where parent_id is null and id <> all (coalesce(motorpool_scope(), '{}')));
end $$;
create or replace function motorpool_above() returns uuid[]
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (select coalesce(array_agg(distinct ancestor_id), '{}') from unit_closure where unit_id = any (motorpool_scope()));
end $$;
create or replace function motorpool_exempt() returns integer[]
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (select coalesce(array_agg(vehicle_no), '{}') from vehicle_exemption where upper_inf(during));
end $$;

-- Units within `asked` that fit the question, the best first: the whole of a name, its beginning, anything else; of those the highest.
-- What the connection's own scope does not reach is not found, whatever is asked for.
create function unit_search(asked uuid[], question tsquery, whole text, most bigint) returns table (unit_id uuid, place bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    is_bound constant boolean := current_setting('role') = 'motorpool_web';
    own constant uuid[] := motorpool_scope();
begin
    return query
    with fit as materialized (
        select u.id, u.name, u.level, u.status, u.spelt, u.credit_code from unit u where u.typed @@ question
    ), seen as (
        select fit.*
        from fit
        where exists (select from unit_closure c where c.unit_id = fit.id and c.ancestor_id = any (asked))
          and (not is_bound or asked <@ own
               or exists (select from unit_closure c where c.unit_id = fit.id and c.ancestor_id = any (own)))
    )
    select best.id, row_number() over () from (
        select seen.id
        from seen
        order by case
                     when whole = any (seen.spelt) or seen.credit_code = upper(whole) then 0
                     when starts_with(seen.spelt[1], whole) then 1
                     when exists (select from unnest(seen.spelt) as spelling where starts_with(spelling, whole)) then 2
                     else 3
                 end,
                 seen.status <> 'active', seen.level, length(seen.name), seen.name collate "C", seen.id
        limit most
    ) as best;
end $$;
revoke execute on function unit_search(uuid[], tsquery, text, bigint) from public;
grant execute on function unit_search(uuid[], tsquery, text, bigint) to motorpool_web;
