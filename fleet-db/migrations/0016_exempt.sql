-- Vehicles that are not followed (免定位): secret work by law. While one is exempt the store takes nothing that tells where it is,
-- whoever inserts it, and what was stored of that time goes in the moment it begins.

create table vehicle_exemption (
    id             uuid primary key,
    vehicle_id     uuid not null references vehicle (id),
    vehicle_no     integer not null references vehicle (no),
    -- the legal basis: a name of `dispatch::exempt::ExemptionBasis`
    basis          text not null,
    during         tstzrange not null,
    document       text not null,
    reason         text not null,
    begun_by       uuid not null references account (id),
    -- null while it lasts
    ended_by       uuid references account (id),
    end_document   text,
    end_reason     text,
    constraint vehicle_exemption_basis_check check (basis in ('state_security', 'investigation', 'other_secret')),
    constraint vehicle_exemption_during_check check (not isempty(during) and not lower_inf(during)),
    constraint vehicle_exemption_end_check check (
        num_nonnulls(ended_by, end_document, end_reason) = case when upper_inf(during) then 0 else 3 end),
    constraint vehicle_exemption_excl exclude using gist (vehicle_no with =, during with &&)
);
-- Few are exempt at a time: a scan of this says which.
create index vehicle_exemption_now_idx on vehicle_exemption (vehicle_no) where upper_inf(during);

-- Who writes tracks holds this shared until the end of its transaction, who begins or ends an exemption holds it alone: nothing that
-- was looked at before an exemption can be committed after it.
create function vehicle_exempt_gate() returns void language sql as $$
    select pg_advisory_xact_lock_shared(x'6d7065786d7074'::bigint)
$$;
create function vehicle_exempt_wait() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform vehicle_exempt_gate();
    return null;
end $$;

-- An exemption begins and ends; it is not rewritten and does not go.
create function vehicle_exemption_alone() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(x'6d7065786d7074'::bigint);
    return null;
end $$;
create function vehicle_exemption_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if upper_inf(old.during) and not upper_inf(new.during)
           and (new.id, new.vehicle_id, new.vehicle_no, new.basis, lower(new.during), new.document, new.reason, new.begun_by)
             = (old.id, old.vehicle_id, old.vehicle_no, old.basis, lower(old.during), old.document, old.reason, old.begun_by)
        then
            return new;
        end if;
    end if;
    raise exception 'an exemption is ended, not changed' using errcode = 'check_violation', constraint='vehicle_exemption_final_check';
end $$;
create trigger vehicle_exemption_alone before insert or update on vehicle_exemption
    for each statement execute function vehicle_exemption_alone();
create trigger vehicle_exemption_kept before update or delete on vehicle_exemption
    for each row execute function vehicle_exemption_kept();

-- What was stored of the time of an exemption goes with its beginning: positions of a clock that is ahead, what an earlier beginning
-- has overtaken, and what was derived up to now and reaches into it. Days that have become history are not cut.
create function vehicle_exemption_begun() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    began constant timestamptz := lower(new.during);
    fitted uuid[] := array(select b.device_id from device_binding b where b.vehicle_id = new.vehicle_id and b.during && new.during);
    names text[] := array(select d.terminal_id from device d where d.id = any (fitted));
begin
    if exists (select from track_day d where d.vehicle_no = new.vehicle_no and d.last_at >= began) then
        raise exception 'an exemption does not reach into history'
            using errcode = 'check_violation', constraint='vehicle_exemption_history_check';
    end if;
    delete from vehicle_position where vehicle_no = new.vehicle_no and (fixed_at >= began or received_at >= began);
    delete from vehicle_position_late where vehicle_no = new.vehicle_no and (fixed_at >= began or received_at >= began);
    delete from vehicle_live where vehicle_no = new.vehicle_no;
    delete from trip where vehicle_no = new.vehicle_no and (ended_at is null or ended_at >= began);
    delete from vehicle_stop where vehicle_no = new.vehicle_no and (to_at is null or to_at >= began);
    delete from vehicle_event where vehicle_no = new.vehicle_no and at >= began;
    delete from vehicle_alarm where vehicle_no = new.vehicle_no and raised_at >= began;
    update vehicle_alarm set cleared_at = began where vehicle_no = new.vehicle_no and (cleared_at is null or cleared_at > began);
    delete from track_revision where vehicle_no = new.vehicle_no;
    delete from mirror_late where vehicle_no = new.vehicle_no;
    delete from quarantined_record where received_at >= began and (vehicle_no = new.vehicle_no or terminal_id = any (names));
    delete from terminal_report where received_at >= began and (vehicle_no = new.vehicle_no or terminal_id = any (names));
    -- Frames are kept for whoever looks at them now; they tell of the last minutes.
    delete from device_frame where device_id = any (fitted);
    delete from frame_watch where device_id = any (fitted);
    update terminal_command set answer = null where device_id = any (fitted) and answered_at >= began and answer is not null;
    return null;
end $$;
create trigger vehicle_exemption_begun after insert on vehicle_exemption
    for each row execute function vehicle_exemption_begun();
-- Gateways load their register, the live map and the links to platforms above their vehicles.
create function vehicle_exemption_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('device_changed', ''), pg_notify('register_changed', '');
    return null;
end $$;
create trigger vehicle_exemption_changed after insert or update on vehicle_exemption
    for each statement execute function vehicle_exemption_changed();

-- Tracks: refused as a whole, so that whoever writes learns what it did not know. One look a statement, not a row: `vehicle_exemption`
-- is small, and what a statement has brought is joined with it once.
create function vehicle_exempt_refuse(table_name text) returns void language plpgsql as $$
begin
    raise exception 'a vehicle of the rows is exempt from tracking'
        using errcode = 'check_violation', constraint='vehicle_exempt_check', table = table_name;
end $$;
create function vehicle_exempt_positions() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform vehicle_exempt_gate();
    if exists (select from vehicle_exemption) and exists (
        select from added a
        join vehicle_exemption e on e.vehicle_no = a.vehicle_no
        where upper_inf(e.during) or e.during @> a.fixed_at or e.during @> a.received_at)
    then
        perform vehicle_exempt_refuse(tg_table_name);
    end if;
    return null;
end $$;
-- A day holds positions that were stored; of a time that is exempt there are none. Hours that lie within it are empty.
create function vehicle_exempt_days() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform vehicle_exempt_gate();
    if exists (
        select from added a
        join vehicle_exemption e on e.vehicle_no = a.vehicle_no
        where e.during @> a.first_at or e.during @> a.last_at
           or exists (select from unnest(a.hour_fixes) with ordinality as h (fixes, hour)
                      where h.fixes > 0
                        and e.during @> tstzrange(a.day::timestamp at time zone 'UTC' + (h.hour - 1) * interval '1 hour',
                                                  a.day::timestamp at time zone 'UTC' + h.hour * interval '1 hour')))
    then
        perform vehicle_exempt_refuse(tg_table_name);
    end if;
    return null;
end $$;
create function vehicle_exempt_live() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from added a
               join vehicle_exemption e on e.vehicle_no = a.vehicle_no
               where upper_inf(e.during) or e.during @> (a.state ->> 'fixed_at')::timestamptz)
    then
        perform vehicle_exempt_refuse(tg_table_name);
    end if;
    return null;
end $$;
create function vehicle_exempt_trips() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from added a
               join vehicle_exemption e on e.vehicle_no = a.vehicle_no
               where e.during @> a.started_at or e.during @> a.ended_at or (a.ended_at is null and upper_inf(e.during)))
    then
        perform vehicle_exempt_refuse(tg_table_name);
    end if;
    return null;
end $$;
create function vehicle_exempt_stops() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from added a
               join vehicle_exemption e on e.vehicle_no = a.vehicle_no
               where e.during @> a.from_at or e.during @> a.to_at or (a.to_at is null and upper_inf(e.during)))
    then
        perform vehicle_exempt_refuse(tg_table_name);
    end if;
    return null;
end $$;
create function vehicle_exempt_events() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform vehicle_exempt_gate();
    if exists (select from added a join vehicle_exemption e on e.vehicle_no = a.vehicle_no where e.during @> a.at) then
        perform vehicle_exempt_refuse(tg_table_name);
    end if;
    return null;
end $$;
create function vehicle_exempt_alarms() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from added a join vehicle_exemption e on e.vehicle_no = a.vehicle_no where e.during @> a.raised_at) then
        perform vehicle_exempt_refuse(tg_table_name);
    end if;
    return null;
end $$;
do $$
declare
    t record;
begin
    for t in select * from (values
        ('vehicle_position', 'vehicle_exempt_positions', '{insert,update}'::text[]),
        ('vehicle_position_late', 'vehicle_exempt_positions', '{insert,update}'),
        ('track_day', 'vehicle_exempt_days', '{insert,update}'),
        ('vehicle_event', 'vehicle_exempt_events', '{insert,update}'),
        ('vehicle_live', 'vehicle_exempt_live', '{insert,update}'),
        ('trip', 'vehicle_exempt_trips', '{insert,update}'),
        ('vehicle_stop', 'vehicle_exempt_stops', '{insert,update}'),
        ('vehicle_alarm', 'vehicle_exempt_alarms', '{insert,update}')) as rule (name, function, events)
    loop
        execute format('create trigger vehicle_exempt_insert after insert on %I referencing new table as added
                        for each statement execute function %I()', t.name, t.function);
        execute format('create trigger vehicle_exempt_update after update on %I referencing new table as added
                        for each statement execute function %I()', t.name, t.function);
        -- Rows that are changed are locked: the gate comes before them, or two could wait for each other.
        execute format('create trigger vehicle_exempt_wait before insert or update or delete on %I
                        for each statement execute function vehicle_exempt_wait()', t.name);
    end loop;
    -- Somebody may insert into a partition by its own name. `ingest::partition` does the same for those to come.
    for t in select c.oid::regclass::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
             where i.inhparent = 'vehicle_position'::regclass loop
        execute format('create trigger vehicle_exempt_insert after insert on %s referencing new table as added
                        for each statement execute function vehicle_exempt_positions()', t.name);
    end loop;
end $$;

-- What tells of a terminal beside tracks is left out, silently: it may hold a place, and nobody would know what to do with a refusal.
create function vehicle_is_exempt(no integer, device uuid, terminal text, at timestamptz) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from vehicle_exemption e
        where (upper_inf(e.during) or e.during @> at)
          and (e.vehicle_no = no
               or exists (select from device_binding b
                          join device d on d.id = b.device_id
                          where b.vehicle_id = e.vehicle_id and b.during && e.during
                            and (b.during @> at or upper_inf(b.during)) and (d.id = device or d.terminal_id = terminal))))
$$;
create function vehicle_exempt_report() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    return case when vehicle_is_exempt(new.vehicle_no, null, new.terminal_id, new.received_at) then null else new end;
end $$;
create function vehicle_exempt_frame() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    return case when vehicle_is_exempt(null, new.device_id, null, new.at) then null else new end;
end $$;
create function vehicle_exempt_answer() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if vehicle_is_exempt(null, new.device_id, null, new.answered_at) then
        new.answer := null;
    end if;
    return new;
end $$;
create trigger vehicle_exempt_wait before insert on quarantined_record for each statement execute function vehicle_exempt_wait();
create trigger vehicle_exempt_insert before insert on quarantined_record for each row execute function vehicle_exempt_report();
create trigger vehicle_exempt_wait before insert on terminal_report for each statement execute function vehicle_exempt_wait();
create trigger vehicle_exempt_insert before insert on terminal_report for each row execute function vehicle_exempt_report();
create trigger vehicle_exempt_wait before insert on device_frame for each statement execute function vehicle_exempt_wait();
create trigger vehicle_exempt_insert before insert on device_frame for each row execute function vehicle_exempt_frame();
create trigger vehicle_exempt_answer before update of answer on terminal_command
    for each row when (new.answer is not null) execute function vehicle_exempt_answer();

-- Reading: nothing of a vehicle that is exempt now, not what was stored before either.
create function motorpool_exempt() returns integer[] language sql stable security definer set search_path = public, pg_temp as $$
    select coalesce(array_agg(vehicle_no), '{}') from vehicle_exemption where upper_inf(during)
$$;
do $$
declare
    t text;
begin
    foreach t in array array['trip', 'vehicle_stop', 'vehicle_event', 'vehicle_alarm', 'vehicle_live', 'vehicle_position',
                             'vehicle_position_late', 'track_day'] loop
        execute format('create policy %I on %I as restrictive to motorpool_web using (vehicle_no <> all ((select motorpool_exempt())::integer[]))',
                       t || '_exempt', t);
    end loop;
end $$;

alter table vehicle_exemption enable row level security;
create policy vehicle_exemption_scope on vehicle_exemption to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from vehicle v where v.id = vehicle_exemption.vehicle_id));
grant select, insert, update on vehicle_exemption to motorpool_web;
revoke execute on function vehicle_is_exempt(integer, uuid, text, timestamptz), vehicle_exempt_gate(), motorpool_exempt() from public;
grant execute on function vehicle_is_exempt(integer, uuid, text, timestamptz), vehicle_exempt_gate(), motorpool_exempt() to motorpool_web;

-- Local roles (地方角色) are made by people now. One is a built-in role of the work, narrowed, so that it is never more than that; none
-- is made of the three administrators, whose functions stay apart. It is not changed once there are people who may hold it.
alter table local_role
    add constraint local_role_base_check check (base_role not in ('system_admin', 'security_admin', 'audit_admin')),
    add constraint local_role_functions_check check (cardinality(functions) > 0);
create function local_role_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'a local role is retired, not changed'
        using errcode = 'check_violation', constraint='local_role_final_check', table = 'local_role';
end $$;
create trigger local_role_kept before update on local_role
    for each row when (old.base_role <> new.base_role or old.functions <> new.functions or old.retired_at <> new.retired_at or (old.retired_at is not null and new.retired_at is null)) execute function local_role_kept();
-- Whoever holds a local role holds its built-in role, in the unit that made it or below, and none of its functions beyond.
create function account_grant_is_local() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (
        select from local_role l
        where l.id = new.local_role_id and l.base_role = new.role and coalesce(new.functions <@ l.functions, true)
          and (tg_op = 'UPDATE' or l.retired_at is null)
          and (tg_op = 'UPDATE'
               or exists (select from unit_closure c where c.unit_id = new.unit_id and c.ancestor_id = l.unit_id)))
    then
        raise exception 'a grant is not what its local role allows'
            using errcode = 'check_violation', constraint='account_grant_local_role_check', table = 'account_grant';
    end if;
    return new;
end $$;
create trigger account_grant_is_local before insert or update of role, functions, local_role_id on account_grant
    for each row when (new.local_role_id is not null) execute function account_grant_is_local();
-- Those below a unit see the roles that it made for them.
create policy local_role_superior on local_role for select to motorpool_web using (
    exists (select from unit_closure c where c.ancestor_id = local_role.unit_id and c.unit_id = any ((select motorpool_scope())::uuid[])));
