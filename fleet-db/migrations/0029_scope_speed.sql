-- What row-level security costs: the units above a scope are few, and are looked up once a statement instead of once a row.

create function motorpool_above() returns uuid[] language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(distinct ancestor_id), '{}') from unit_closure where unit_id = any (motorpool_scope())
$$;
revoke execute on function motorpool_above() from public;
grant execute on function motorpool_above() to motorpool_web;
-- Names of superiors are read, not changed.
drop policy unit_superior on unit;
create policy unit_superior on unit for select to motorpool_web using (id = any ((select motorpool_above())::uuid[]));
drop policy approval_flow_superior on approval_flow;
create policy approval_flow_superior on approval_flow for select to motorpool_web using (
    unit_id = any ((select motorpool_above())::uuid[]));
drop policy trip_route_superior on trip_route;
create policy trip_route_superior on trip_route for select to motorpool_web using (unit_id = any ((select motorpool_above())::uuid[]));
drop policy peer_platform_superior on peer_platform;
create policy peer_platform_superior on peer_platform for select to motorpool_web using (
    unit_id = any ((select motorpool_above())::uuid[]));
