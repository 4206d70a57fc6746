-- Who may see what: the closure of the tree of units, roles granted over units, and row-level security for a role that owns nothing.

-- Every unit with every unit above it, itself included. Kept by the triggers below; written by nobody else.
create table unit_closure (
    unit_id     uuid not null,
    ancestor_id uuid not null,
    -- 0 the unit itself, 1 its parent, and so on up
    depth       smallint not null,
    primary key (unit_id, ancestor_id)
);
create index unit_closure_below_idx on unit_closure (ancestor_id) include (unit_id);

-- Writes the lines of `changed`, whose old ones are gone. A circle has no end: what is deeper than any tree of ours is one.
create function unit_closure_fill(changed uuid[]) returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into unit_closure (unit_id, ancestor_id, depth)
    with recursive line (unit_id, ancestor_id, parent_id, depth) as (
        select unit.id, unit.id, unit.parent_id, 0 from unit where unit.id = any (changed)
        union all
        select line.unit_id, unit.id, unit.parent_id, line.depth + 1
        from line
        join unit on unit.id = line.parent_id
        where line.depth < 64
    )
    select line.unit_id, line.ancestor_id, min(line.depth) from line group by 1, 2;
    if exists (select from unit_closure up
               join unit_closure down on down.unit_id = up.ancestor_id and down.ancestor_id = up.unit_id
               where up.unit_id = any (changed) and up.depth > 0)
       or exists (select from unit_closure where unit_id = any (changed) and depth = 64)
    then
        raise exception 'a unit would lie below itself' using errcode = 'check_violation', constraint='unit_circle_check', table = 'unit';
    end if;
end $$;

-- Units that come and units that move take turns: a line is read from the tree as it will be.
create function unit_closure_added() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock_shared(x'6d70756e6974'::bigint);
    perform unit_closure_fill(array(select id from added));
    return null;
end $$;
create function unit_closure_moved() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    moved uuid[] := array(select a.id from added a join removed r using (id) where a.parent_id is distinct from r.parent_id);
    below uuid[];
begin
    if moved = '{}' then
        return null;
    end if;
    perform pg_advisory_xact_lock(x'6d70756e6974'::bigint);
    below := array(select distinct unit_id from unit_closure where ancestor_id = any (moved));
    delete from unit_closure where unit_id = any (below);
    perform unit_closure_fill(below);
    return null;
end $$;
create function unit_closure_removed() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    delete from unit_closure where unit_id in (select id from removed) or ancestor_id in (select id from removed);
    return null;
end $$;
create trigger unit_closure_added after insert on unit
    referencing new table as added for each statement execute function unit_closure_added();
create trigger unit_closure_moved after update on unit
    referencing new table as added old table as removed for each statement execute function unit_closure_moved();
create trigger unit_closure_removed after delete on unit
    referencing old table as removed for each statement execute function unit_closure_removed();
select unit_closure_fill(array(select id from unit));

-- The units of a scope: its tops and everything below them; one twice where two tops lie above each other.
drop function unit_within(uuid);
create function unit_within(tops uuid[]) returns table (unit_id uuid) language sql stable rows 1000 as $$
    select unit_closure.unit_id from unit_closure where unit_closure.ancestor_id = any (tops)
$$;

-- A role that a unit or its superiors made for its own people: a built-in role, narrowed to some of its functions.
create table local_role (
    id         uuid primary key,
    -- may be granted in this unit and below
    unit_id    uuid not null references unit (id),
    name_zh    text not null,
    name_en    text not null,
    base_role  text not null,
    functions  text[] not null,
    created_by uuid not null references account (id),
    created_at timestamptz not null,
    retired_at timestamptz,
    constraint local_role_name_key unique (unit_id, name_zh)
);

-- A role held over a unit for a time. What an account may do is what its grants in force say; `account.role` and `account.unit_id`
-- are the post that it was opened for and where it belongs, and give no right.
create table account_grant (
    id             uuid primary key,
    account_id     uuid not null references account (id),
    role           text not null,
    local_role_id  uuid references local_role (id),
    -- over this unit and everything below it
    unit_id        uuid not null references unit (id),
    -- these functions of the role alone; null: all
    functions      text[],
    -- a grant that is revoked ends here at that instant
    during         tstzrange not null,
    -- the grant that is held for its holder meanwhile; it is in force again when this one ends
    delegated_from uuid references account_grant (id),
    reason         text not null,
    created_by     uuid references account (id),
    created_at     timestamptz not null,
    revoked_at     timestamptz,
    revoked_by     uuid references account (id),
    revoke_reason  text,
    constraint account_grant_during_check check (not isempty(during) or revoked_at is not null),
    constraint account_grant_delegation_check check (delegated_from is null or isempty(during) or upper(during) is not null),
    -- 三员分离: who holds one of the three holds neither of the others at the same time
    constraint account_grant_separation_excl exclude using gist (account_id with =, role with <>, during with &&)
        where (role in ('system_admin', 'security_admin', 'audit_admin')),
    -- one holds a delegated role, never two
    constraint account_grant_delegation_excl exclude using gist (delegated_from with =, during with &&)
        where (delegated_from is not null)
);
create index account_grant_account_idx on account_grant (account_id);
create index account_grant_unit_idx on account_grant (unit_id);
insert into account_grant (id, account_id, role, unit_id, during, reason, created_at)
select gen_random_uuid(), id, role, unit_id, tstzrange(created_at, null), 'held when grants were introduced', now() from account;

-- The unit that sees a device: that of the vehicle it is in, else where it lies; null: with the topmost unit. Kept here, so that one
-- look at the device's own row tells.
alter table device add column seen_by uuid;
create function device_lies() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    new.seen_by := new.unit_id;
    if tg_op = 'UPDATE' then
        new.seen_by := coalesce((select v.unit_id
                                 from device_binding b
                                 join vehicle v on v.id = b.vehicle_id
                                 where b.device_id = new.id and upper_inf(b.during)), new.unit_id);
    end if;
    return new;
end $$;
create trigger device_lies before insert or update of unit_id on device for each row execute function device_lies();
create function device_fitted() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    -- A vehicle that moves at this moment has moved before, or moves after.
    perform from vehicle v
    join device_binding b on b.vehicle_id = v.id
    where b.device_id in (select device_id from changed) and upper_inf(b.during)
    for share of v;
    update device d
    set seen_by = now_in.unit_id
    from (select c.device_id, coalesce(v.unit_id, lies.unit_id) as unit_id
          from (select distinct device_id from changed) c
          join device lies on lies.id = c.device_id
          left join device_binding b on b.device_id = c.device_id and upper_inf(b.during)
          left join vehicle v on v.id = b.vehicle_id) now_in
    where d.id = now_in.device_id and d.seen_by is distinct from now_in.unit_id;
    return null;
end $$;
create trigger device_fitted after insert on device_binding
    referencing new table as changed for each statement execute function device_fitted();
create trigger device_refitted after update on device_binding
    referencing new table as changed for each statement execute function device_fitted();
create trigger device_taken_out after delete on device_binding
    referencing old table as changed for each statement execute function device_fitted();
create function vehicle_moved() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update device d
    set seen_by = new.unit_id
    from device_binding b
    where b.vehicle_id = new.id and upper_inf(b.during) and d.id = b.device_id;
    return null;
end $$;
create trigger vehicle_moved after update of unit_id on vehicle
    for each row when (old.unit_id <> new.unit_id) execute function vehicle_moved();
update device d
set seen_by = coalesce((select v.unit_id
                        from device_binding b
                        join vehicle v on v.id = b.vehicle_id
                        where b.device_id = d.id and upper_inf(b.during)), d.unit_id);
create index device_seen_by_idx on device (seen_by);
-- Who is in what at present is asked more often than who was; the exclusion constraints' own indexes are slow for that.
create index device_binding_device_now_idx on device_binding (device_id) where upper_inf(during);
create index device_binding_vehicle_now_idx on device_binding (vehicle_id) where upper_inf(during);

-- The role in which people's requests are answered. It belongs to the whole cluster: another database may be making it at this moment.
do $$
begin
    for attempt in 1..20 loop
        begin
            if not exists (select from pg_roles where rolname = 'motorpool_web') then
                create role motorpool_web nologin;
            end if;
            if not pg_has_role(current_user, 'motorpool_web', 'member') then
                execute format('grant motorpool_web to %I', current_user);
            end if;
            exit;
        exception
            when duplicate_object or unique_violation or internal_error then
                perform pg_sleep(0.05);
            when insufficient_privilege then
                raise exception 'the role motorpool_web is missing, and % may not create roles', current_user
                    using errcode = 'insufficient_privilege',
                          hint = format('as a superuser: create role motorpool_web nologin; grant motorpool_web to %I;', current_user);
        end;
    end loop;
    if exists (select from pg_roles where rolname = 'motorpool_web' and (rolsuper or rolbypassrls)) then
        raise exception 'the role motorpool_web must neither be a superuser nor bypass row-level security';
    end if;
end $$;

-- What a transaction of that role was told when it began; nothing told is nothing seen.
create function motorpool_scope() returns uuid[] language sql stable as $$
    select nullif(current_setting('motorpool.scope', true), '')::uuid[]
$$;
create function motorpool_account() returns uuid language sql stable as $$
    select nullif(current_setting('motorpool.account', true), '')::uuid
$$;
-- The vehicles whose history was opened in this transaction.
create function motorpool_opened() returns integer[] language sql stable as $$
    select string_to_array(nullif(current_setting('motorpool.opened', true), ''), ',')::integer[]
$$;
-- The scope reaches from every top of the tree: it has everything, also what belongs to no unit, and no row need be looked at.
create function motorpool_sees_all() returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from unit where parent_id is null)
       and not exists (select from unit where parent_id is null and id <> all (coalesce(motorpool_scope(), '{}')))
$$;
-- The one door to a vehicle's history: its number, once it is clear that the scope has it.
create function motorpool_open(asked uuid) returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    found_no integer;
begin
    select v.no into found_no
    from vehicle v
    where v.id = asked
      and (current_setting('role') <> 'motorpool_web'
           or exists (select from unit_closure c where c.unit_id = v.unit_id and c.ancestor_id = any (motorpool_scope())));
    if found_no is not null then
        perform set_config('motorpool.opened', concat_ws(',', nullif(current_setting('motorpool.opened', true), ''), found_no), true);
    end if;
    return found_no;
end $$;

-- Names that go with what somebody may see, wherever their owner belongs: who decided, which device was in the car, what gate that is.
create function account_name(asked uuid) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select display_name from account where id = asked
$$;
create function device_label(asked uuid) returns table (terminal_id text, model text)
language sql stable security definer set search_path = public, pg_temp as $$
    select d.terminal_id, d.model from device d where d.id = asked
$$;
create function unit_near(lon float8[], lat float8[], reach_m float8) returns table (n bigint, name text)
language sql stable security definer set search_path = public, pg_temp as $$
    -- A degree of longitude is at least 19 km up to 80° north: the box is wide enough wherever there are units.
    select place.n, found.name
    from unnest(lon, lat) with ordinality as place (lon, lat, n)
    left join lateral (
        select unit.name
        from unit
        where unit.place && st_expand(st_setsrid(st_makepoint(place.lon, place.lat), 4326), reach_m / 19000)
          and st_distance(unit.place::geography, st_makepoint(place.lon, place.lat)::geography) <= reach_m
        order by st_distance(unit.place::geography, st_makepoint(place.lon, place.lat)::geography), unit.id
        limit 1
    ) as found on true
$$;

-- Row-level security. The owner of the tables, as whom the gateway, the jobs and the live board work, is not bound by it.
-- `exists` over the closure lets the planner choose: a look at the index for one row, a hash for many.
create policy unit_scope on unit to motorpool_web using (
    (select motorpool_sees_all())
    or id = any ((select motorpool_scope())::uuid[])
    or exists (select from unit_closure c
               where c.unit_id = unit.parent_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
-- Names of superiors are read, not changed.
create policy unit_superior on unit for select to motorpool_web using (
    exists (select from unit_closure c where c.ancestor_id = unit.id and c.unit_id = any ((select motorpool_scope())::uuid[])));
-- Whoever moves a unit must have both ends: the top of a scope stays where it is.
create function unit_stays_within() returns trigger language plpgsql as $$
begin
    if current_user = 'motorpool_web' and not exists (
        select from unit_closure c where c.unit_id = new.parent_id and c.ancestor_id = any (motorpool_scope()))
    then
        raise exception 'a unit may be moved within the scope alone' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger unit_stays_within before update of parent_id on unit
    for each row when (old.parent_id is distinct from new.parent_id) execute function unit_stays_within();

do $$
declare
    t record;
    within constant text := '(select motorpool_sees_all()) or exists (select from unit_closure c where c.unit_id = %I.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[]))';
begin
    for t in select * from (values
        ('vehicle', within),
        ('gb32960_platform', within),
        ('firmware_rollout', within),
        ('local_role', within),
        ('account', 'id = (select motorpool_account()) or ' || within)
    ) as rule (name, sees) loop
        execute format('create policy %I on %I to motorpool_web using (' || t.sees || ')', t.name || '_scope', t.name, t.name);
    end loop;
    -- What belongs to a device is seen with it.
    for t in select * from unnest(array['device_log', 'device_link', 'device_status', 'device_frame', 'frame_watch', 'terminal_command',
                                        'firmware_target']) as name loop
        execute format('create policy %I on %I to motorpool_web using (
                            (select motorpool_sees_all()) or exists (select from device d where d.id = %I.device_id))',
                       t.name || '_scope', t.name, t.name);
    end loop;
    -- What is told of a vehicle in motion: of the one that is open at once, of others as the register has them.
    for t in select * from unnest(array['trip', 'vehicle_stop', 'vehicle_event', 'vehicle_alarm', 'vehicle_live']) as name loop
        execute format('create policy %I on %I to motorpool_web using (
                            vehicle_no = any ((select motorpool_opened())::integer[])
                            or (select motorpool_sees_all())
                            or exists (select from vehicle v where v.no = %I.vehicle_no))', t.name || '_scope', t.name, t.name);
    end loop;
    -- Positions are too many to ask row by row: those of an opened vehicle alone.
    for t in select * from unnest(array['vehicle_position', 'vehicle_position_late', 'track_day']) as name loop
        execute format('create policy %I on %I to motorpool_web using (vehicle_no = any ((select motorpool_opened())::integer[]))',
                       t.name || '_scope', t.name);
    end loop;
    -- An account's own business.
    execute 'create policy idempotent_answer_own on idempotent_answer to motorpool_web using (account_id = (select motorpool_account()))';
    for t in select * from unnest(array['unit', 'vehicle', 'gb32960_platform', 'firmware_rollout', 'local_role', 'account', 'device',
                                        'device_binding', 'device_log', 'device_link', 'device_status', 'device_frame', 'frame_watch',
                                        'terminal_command', 'firmware_target', 'trip', 'vehicle_stop', 'vehicle_event', 'vehicle_alarm',
                                        'vehicle_live', 'vehicle_position', 'vehicle_position_late', 'track_day', 'account_session',
                                        'account_grant', 'idempotent_answer', 'terminal_report', 'quarantined_record',
                                        'track_revision']) as name loop
        execute format('alter table %I enable row level security', t.name);
    end loop;
end $$;
create policy device_scope on device to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = device.seen_by and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
-- A stay is seen from both sides; it begins between two that are one's own.
create policy device_binding_scope on device_binding to motorpool_web
    using ((select motorpool_sees_all())
           or exists (select from device d where d.id = device_binding.device_id)
           or exists (select from vehicle v where v.id = device_binding.vehicle_id))
    with check (exists (select from device d where d.id = device_binding.device_id)
                and exists (select from vehicle v where v.id = device_binding.vehicle_id));
create policy account_session_scope on account_session to motorpool_web using (
    account_id = (select motorpool_account()) or exists (select from account a where a.id = account_session.account_id));
-- A grant is seen by those who answer for its holder and those who answer for its unit; it is given over a unit of one's own.
create policy account_grant_scope on account_grant to motorpool_web
    using (account_id = (select motorpool_account())
           or exists (select from account a where a.id = account_grant.account_id)
           or exists (select from unit_closure c
                      where c.unit_id = account_grant.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])))
    with check (exists (select from unit_closure c
                        where c.unit_id = account_grant.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter view firmware_target_now set (security_invoker = true);

grant usage on schema public to motorpool_web;
grant select, insert, update, delete on unit, vehicle, device, device_binding, device_log, terminal_command, frame_watch, gb32960_platform,
    firmware_image, firmware_rollout, firmware_target, account, account_session, account_grant, local_role, idempotent_answer
    to motorpool_web;
grant select on unit_closure, firmware_target_now, device_link, device_status, device_frame, trip, vehicle_stop, vehicle_event, vehicle_alarm,
    vehicle_live, vehicle_position, vehicle_position_late, track_day to motorpool_web;
-- Functions that look past row-level security are for nobody else.
revoke execute on function unit_closure_fill(uuid[]), motorpool_open(uuid), account_name(uuid), device_label(uuid),
    unit_near(float8[], float8[], float8) from public;
grant execute on function motorpool_open(uuid), account_name(uuid), device_label(uuid), unit_near(float8[], float8[], float8)
    to motorpool_web;

-- The grants of an account that are in force, as JSON: not ended, not lent to somebody else, and if lent, lent by one who has it.
create function grants_in_force(asked uuid, at timestamptz) returns jsonb
language sql stable security definer set search_path = public, pg_temp as $$
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
                      where whole.id = g.delegated_from and whole.during @> at and holder.disabled_at is null))
$$;
revoke execute on function grants_in_force(uuid, timestamptz) from public;
grant execute on function grants_in_force(uuid, timestamptz) to motorpool_web;
