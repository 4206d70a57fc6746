-- After a trip: what its people say of it, and what the public is shown of it. Both stand once they are written; what was shown is taken
-- back by a reversal beside it, never by deleting.

create table trip_rating (
    -- one a trip
    order_id   uuid primary key references dispatch_order (id),
    -- one to five: the driver's manner, the car's state, the driving
    attitude   smallint not null,
    appearance smallint not null,
    driving    smallint not null,
    comment    text not null,
    rated_by   uuid not null references account (id),
    rated_at   timestamptz not null,
    constraint trip_rating_stars_check check (
        attitude between 1 and 5 and appearance between 1 and 5 and driving between 1 and 5)
);

-- The public register (公示): the six fields of the rule, as they were when they were shown.
create table trip_notice (
    id          uuid primary key,
    order_id    uuid not null references dispatch_order (id),
    unit_id     uuid not null references unit (id),
    -- of the first field: when the car was used
    began_at    timestamptz not null,
    ended_at    timestamptz not null,
    reason      text not null,
    from_name   text not null,
    to_name     text not null,
    distance_m  integer not null,
    fuel_l      double precision,
    energy_kwh  double precision,
    cost_fen    bigint not null,
    shown_by    uuid not null references account (id),
    shown_at    timestamptz not null,
    taken_back_by uuid references account (id),
    taken_back_at timestamptz,
    take_back_reason text,
    constraint trip_notice_back_check check (num_nonnulls(taken_back_by, taken_back_at, take_back_reason) in (0, 3))
);
-- Shown once at a time; shown anew after it was taken back.
create unique index trip_notice_order_key on trip_notice (order_id) where taken_back_at is null;
create index trip_notice_unit_idx on trip_notice (unit_id, began_at);

-- Nothing of a confidential trip is shown, whoever writes.
create function trip_notice_is_open() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from dispatch_order o join trip_request r on r.id = o.request_id where o.id = new.order_id and r.is_confidential) then
        raise exception 'a confidential trip is not shown' using errcode = 'check_violation', constraint='trip_notice_confidential_check';
    end if;
    return new;
end $$;
revoke execute on function trip_notice_is_open() from public;
create trigger trip_notice_open before insert on trip_notice for each row execute function trip_notice_is_open();

create function trip_after_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' and tg_table_name = 'trip_notice' then
        if old.taken_back_at is null and new.taken_back_at is not null
           and to_jsonb(new) - '{taken_back_by,taken_back_at,take_back_reason}'::text[]
             = to_jsonb(old) - '{taken_back_by,taken_back_at,take_back_reason}'::text[]
        then
            return new;
        end if;
    end if;
    raise exception 'what was said and shown stands' using errcode = 'insufficient_privilege';
end $$;
revoke execute on function trip_after_kept() from public;
create trigger trip_rating_kept before update or delete on trip_rating for each row execute function trip_after_kept();
create trigger trip_rating_kept_all before truncate on trip_rating for each statement execute function trip_after_kept();
create trigger trip_notice_kept before update or delete on trip_notice for each row execute function trip_after_kept();
create trigger trip_notice_kept_all before truncate on trip_notice for each statement execute function trip_after_kept();

alter table trip_rating enable row level security;
create policy trip_rating_scope on trip_rating to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from dispatch_order o where o.id = trip_rating.order_id));
alter table trip_notice enable row level security;
create policy trip_notice_scope on trip_notice to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = trip_notice.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
grant select, insert on trip_rating to motorpool_web;
grant select, insert, update (taken_back_by, taken_back_at, take_back_reason) on trip_notice to motorpool_web;
