-- What holds many people up who work at the same time.

-- Row-level security, once more: functions that a policy calls are planned once a connection instead of once a statement, and a search
-- for a unit uses its index: `@@` may tell what it saw, so that no index is asked by it behind a policy.

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
-- What the connection's own scope does not reach is not found, whatever is asked for. How many units a question fits the server cannot
-- tell beforehand, and would rather look at all.
create function unit_search(asked uuid[], question tsquery, whole text, most bigint) returns table (unit_id uuid, place bigint)
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare
    own constant uuid[] := case when current_setting('role') = 'motorpool_web' then coalesce(motorpool_scope(), '{}') else asked end;
    tops constant uuid[] := (select coalesce(array_agg(id), '{}') from unit where parent_id is null);
    has_all constant boolean := tops <@ asked and tops <@ own;
begin
    return query
    select best.id, row_number() over () from (
        select u.id
        from unit u
        where u.typed @@ question
          and (has_all or (u.id in (select c.unit_id from unit_closure c where c.ancestor_id = any (asked))
                           and u.id in (select c.unit_id from unit_closure c where c.ancestor_id = any (own))))
        order by case
                     when strpos(E'\n' || array_to_string(u.spelt, E'\n'), E'\n' || whole) = 0
                          and u.credit_code is distinct from upper(whole) then 3
                     when whole = any (u.spelt) or u.credit_code = upper(whole) then 0
                     when starts_with(u.spelt[1], whole) then 1
                     else 2
                 end,
                 u.status <> 'active', u.level, length(u.name), u.name collate "C", u.id
        limit most
    ) as best;
end $$;
revoke execute on function unit_search(uuid[], tsquery, text, bigint) from public;
grant execute on function unit_search(uuid[], tsquery, text, bigint) to motorpool_web;

-- Orders for requests, with those on which their people ride along; and the files of who signs in with an account. They are found by
-- their indexes before row-level security is asked of each: as alternatives within one query they had every order looked at.
create function dispatch_orders_for(requests uuid[]) returns uuid[]
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (select coalesce(array_agg(found.id), '{}') from (
        select id from dispatch_order where request_id = any (requests)
        union
        select order_id from trip_ride where request_id = any (requests) and left_at is null
    ) as found);
end $$;
create function drivers_of(account uuid) returns uuid[]
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
    return (select coalesce(array_agg(id), '{}') from driver where account_id = account);
end $$;
revoke execute on function dispatch_orders_for(uuid[]), drivers_of(uuid) from public;
grant execute on function dispatch_orders_for(uuid[]), drivers_of(uuid) to motorpool_web;

-- One row each: a thousand, as the server takes it for granted, makes every list of orders look dearer than it is.
alter function vehicle_label(uuid) rows 1;
alter function driver_label(uuid) rows 1;
alter function device_label(uuid) rows 1;

-- Entries of the audit log wait until their transaction commits, and are chained then: the end of the chain is locked for the commit
-- alone, and not for all that a transaction still does when it has told what it did. Nobody ever sees a row of this table: those of a
-- transaction go with it, chained or not.
create unlogged table audit_pending (
    no   bigint generated always as identity primary key,
    body text not null
);
alter table audit_pending enable row level security;

drop function audit_append(text);
create function audit_append(body text) returns void language sql security definer set search_path = public, pg_temp as $$
    insert into audit_pending (body) values (body)
$$;
revoke execute on function audit_append(text) from public;
grant execute on function audit_append(text) to motorpool_web;

create function audit_chain() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    head   audit_head;
    number bigint;
    own    bytea;
begin
    delete from audit_pending where no = new.no;
    select * into strict head from audit_head for update;
    number := head.seq + 1;
    own := sha256(head.hash || int8send(number) || sha256(convert_to(new.body, 'UTF8')));
    insert into audit_entry (seq, body, prev_hash, hash) values (number, new.body, head.hash, own);
    update audit_head set seq = number, hash = own;
    return null;
end $$;
revoke execute on function audit_chain() from public;
create constraint trigger audit_chained after insert on audit_pending deferrable initially deferred
    for each row execute function audit_chain();
