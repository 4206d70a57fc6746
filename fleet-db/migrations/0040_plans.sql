-- A function in the language `sql` is parsed and planned by every statement that calls it; one in `plpgsql` once a connection. These are
-- called by nearly every answer of the service.

create or replace function account_name(asked uuid) returns text
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (select display_name from account where id = asked);
end $$;
create or replace function unit_label(asked uuid) returns text
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (select name from unit where id = asked);
end $$;
create or replace function supplier_label(asked uuid) returns text
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (select name from supplier where id = asked);
end $$;
create or replace function peer_label(asked uuid) returns text
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (select name from peer_platform where id = asked);
end $$;
create or replace function vehicle_label(asked uuid) returns table (plate text, model text, seats smallint)
language plpgsql stable security definer set search_path = public, pg_temp rows 1 as $$
begin
    return query select v.plate, v.model, v.seats from vehicle v where v.id = asked;
end $$;
create or replace function driver_label(asked uuid) returns table (name text, phone text, account_id uuid)
language plpgsql stable security definer set search_path = public, pg_temp rows 1 as $$
begin
    return query select d.name, d.phone, d.account_id from driver d where d.id = asked;
end $$;
create or replace function device_label(asked uuid) returns table (terminal_id text, model text)
language plpgsql stable security definer set search_path = public, pg_temp rows 1 as $$
begin
    return query select d.terminal_id, d.model from device d where d.id = asked;
end $$;

create or replace function grants_in_force(asked uuid, at timestamptz) returns jsonb
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (
        select coalesce(jsonb_agg(jsonb_build_object('role', g.role, 'unit', g.unit_id, 'functions', coalesce(g.functions, l.functions))
                                  order by g.created_at, g.id), '[]')
        from account_grant g
        left join local_role l on l.id = g.local_role_id
        where g.account_id = asked
          and g.during @> at
          and not exists (select from account_grant lent where lent.delegated_from = g.id and lent.during @> at)
          and (g.delegated_from is null
               or exists (select from account_grant whole
                          join account holder on holder.id = whole.account_id
                          where whole.id = g.delegated_from and whole.during @> at and holder.disabled_at is null)));
end $$;

create or replace function trip_decider(of_unit uuid, but uuid, at_instant timestamptz) returns uuid
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (
        select c.ancestor_id
        from unit_closure c
        where c.unit_id = of_unit
          and exists (select from account_grant g
                      join account a on a.id = g.account_id and a.disabled_at is null
                      where g.unit_id = c.ancestor_id and g.role = 'unit_leader' and g.during @> at_instant and g.account_id <> but
                        and (g.functions is null or 'approve_trips' = any (g.functions)))
        order by c.depth
        limit 1);
end $$;

create or replace function trip_riders(asked uuid) returns uuid[]
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (select coalesce(array_agg(request_id order by joined_at), '{}') from trip_ride where order_id = asked and left_at is null);
end $$;
create or replace function trip_is_driven(asked uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (select from dispatch_order o join driver d on d.id = o.driver_id
                   where d.account_id = motorpool_account()
                     and (o.request_id = asked
                          or exists (select from trip_ride t where t.order_id = o.id and t.request_id = asked and t.left_at is null)));
end $$;
create or replace function trip_is_mine(asked uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (select from trip_request r where r.id = asked and r.applicant_id = motorpool_account());
end $$;
create or replace function trip_rides_along(asked uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (select from trip_ride t
                   join trip_request r on r.id = t.request_id
                   where t.order_id = asked and t.left_at is null
                     and (r.applicant_id = motorpool_account()
                          or exists (select from unit_closure c where c.unit_id = r.unit_id and c.ancestor_id = any (motorpool_scope()))));
end $$;
create or replace function finding_is_driven(asked uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (select from dispatch_order o
                   join driver d on d.id = o.driver_id
                   where o.id = asked and d.account_id = motorpool_account());
end $$;

create or replace function vehicle_in_shop(asked uuid, during tstzrange, at timestamptz) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return exists (select from repair_order r
                   where r.vehicle_id = asked and r.state in ('in_shop', 'accepted', 'settled')
                     and (r.in_shop && during or r.state = 'in_shop' and lower(r.in_shop) < upper(during) and upper(r.in_shop) <= at));
end $$;

create or replace function rule_versions_binding(asked uuid, keys text[]) returns setof rule_version
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return query
    select v.*
    from rule_version v
    where v.rule_key = any (keys)
      and (v.unit_id is null or v.unit_id in (select c.ancestor_id from unit_closure c where c.unit_id = asked));
end $$;

create or replace function supplier_terms(asked uuid)
returns table (contract_id uuid, number text, supplier text, kind text, day_fen bigint, km_fen bigint, hour_fen bigint, stars_hundredths integer)
language plpgsql stable security definer set search_path = public, pg_temp rows 1 as $$
begin
    return query
    select k.id, k.number, s.name, k.kind, k.day_fen, k.km_fen, k.hour_fen,
           (select round(avg(r.attitude + r.appearance + r.driving) * 100 / 3)::integer
            from supplier_contract of_same
            join supplier_car its on its.contract_id = of_same.id
            join dispatch_order o on o.vehicle_id = its.vehicle_id
            join trip_rating r on r.order_id = o.id
            where of_same.supplier_id = s.id)
    from supplier_car c
    join supplier_contract k on k.id = c.contract_id
    join supplier s on s.id = k.supplier_id
    where c.vehicle_id = asked;
end $$;

-- Whatever it is told, it goes about it in the same way: looking for a better one each time took twice as long as telling.
alter function message_tell(uuid, text, text, jsonb, text, uuid, uuid, text, timestamptz, uuid[], text[], text)
    set plan_cache_mode = 'force_generic_plan';
