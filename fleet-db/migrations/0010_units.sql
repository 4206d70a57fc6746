-- What a unit is and was: its kind, its code, whether it still works, every decision about it; vertical lines beside the territorial
-- tree; and how its name may be typed in.

alter table unit
    -- 'organ', 'institution', 'department', 'fleet' or 'other'
    add column kind text not null default 'organ',
    -- GB 32100, checked before it comes here
    add column credit_code text,
    -- 'active', 'merged' or 'closed'; units are never deleted
    add column status text not null default 'active',
    -- who took everything over
    add column successor_id uuid,
    -- the whole name folded, in pinyin and by initials, each reading; first the folded name
    add column spelt text[] not null default '{}',
    -- the same from each character on: a question is the beginning of one of them
    add column typed tsvector not null default ''::tsvector,
    add constraint unit_kind_check check (kind in ('organ', 'institution', 'department', 'fleet', 'other')),
    add constraint unit_status_check check (status in ('active', 'merged', 'closed')),
    add constraint unit_credit_code_key unique (credit_code),
    add constraint unit_successor_id_fkey foreign key (successor_id) references unit (id),
    add constraint unit_successor_check check ((status = 'merged') = (successor_id is not null));
-- No extension for the search: pg_trgm finds nothing of fewer than three characters, and two are what people type.
create index unit_typed_idx on unit using gin (typed);
create unique index unit_sibling_key on unit (parent_id, name) where status = 'active';

-- Every decision about a unit, and what the unit was from that day on; until when, the next row says. Rows are added, never changed.
create table unit_history (
    no          bigint generated always as identity primary key,
    unit_id     uuid not null references unit (id),
    -- what was decided, seen from this unit; 'enter' for what was there before there was a history
    act         text not null,
    from_on     date not null,
    document    text not null,
    reason      text not null,
    name        text not null,
    parent_id   uuid,
    level       smallint not null,
    region_code text not null,
    kind        text not null,
    credit_code text,
    status      text not null,
    -- the other unit: where it moved from, whom it took over or was taken over by
    other_id    uuid references unit (id),
    -- its name as it was: who reads this may not see it
    other_name  text,
    account_id  uuid references account (id) on delete set null,
    -- the login as it was: an account may go
    by_login    text not null,
    created_at  timestamptz not null,
    constraint unit_history_act_check check (act in ('enter', 'found', 'change', 'move', 'merge', 'take_over', 'close', 'restore'))
);
create index unit_history_unit_idx on unit_history (unit_id, no);
insert into unit_history (unit_id, act, from_on, document, reason, name, parent_id, level, region_code, kind, status, by_login, created_at)
select id, 'enter', (created_at at time zone 'Asia/Shanghai')::date, '', '', name, parent_id, level, region_code, kind, status, '', created_at
from unit;

-- The tree changes seldom and is asked for often: whoever has it asks for this number.
create table unit_revision (
    no bigint not null,
    -- one row
    single boolean primary key default true,
    constraint unit_revision_single_check check (single)
);
insert into unit_revision (no) values (1);
create function unit_revised() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update unit_revision set no = no + 1;
    return null;
end $$;
create trigger unit_revised after insert or update or delete on unit for each statement execute function unit_revised();

-- A vertical line of organs, and who stands above whom in it.
create table line (
    id         uuid primary key,
    code       text not null,
    name       text not null,
    created_at timestamptz not null,
    constraint line_code_key unique (code),
    constraint line_name_key unique (name)
);
create table line_unit (
    line_id   uuid not null references line (id) on delete cascade,
    unit_id   uuid not null,
    parent_id uuid,
    primary key (line_id, unit_id),
    constraint line_unit_unit_id_fkey foreign key (unit_id) references unit (id),
    constraint line_unit_parent_fkey foreign key (line_id, parent_id) references line_unit (line_id, unit_id) deferrable initially deferred,
    constraint line_unit_parent_check check (parent_id <> unit_id)
);
create index line_unit_unit_idx on line_unit (unit_id);

-- An account that was brought by a table has no password; nobody signs in with it until somebody sets one.
alter table account alter column password_hash drop not null;

-- What is taken is taken, whoever may see it: the import asks for keys alone.
create function taken_credit_codes(codes text[]) returns setof text language sql stable security definer set search_path = public, pg_temp as $$
    select credit_code from unit where credit_code = any(codes)
$$;
create function taken_logins(logins text[]) returns setof text language sql stable security definer set search_path = public, pg_temp as $$
    select login from account where login = any(logins)
$$;
create function taken_plates(plates text[]) returns setof text language sql stable security definer set search_path = public, pg_temp as $$
    select plate from vehicle where plate = any(plates)
$$;
-- A line whole, for the rule that it has no circle: keys alone, whoever may see the units.
create function line_members(asked uuid) returns table (unit_id uuid, parent_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select line_unit.unit_id, line_unit.parent_id from line_unit where line_unit.line_id = asked
$$;
-- A successor takes a unit's place in every line where it has none of its own, also above units that the scope does not reach.
create function line_handed_over(gone uuid, successor uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if current_setting('role') = 'motorpool_web' and exists (
        select from unnest(array[gone, successor]) as both_ends (id)
        where not exists (select from unit_closure c where c.unit_id = both_ends.id and c.ancestor_id = any (motorpool_scope())))
    then
        raise exception 'a unit hands over within the scope alone' using errcode = 'insufficient_privilege';
    end if;
    insert into line_unit (line_id, unit_id, parent_id)
    select line_id, successor, nullif(parent_id, successor) from line_unit where unit_id = gone
    on conflict do nothing;
    -- Where the successor stood below the unit, it goes up to where that stood.
    update line_unit member
    set parent_id = above.parent_id
    from line_unit above
    where above.unit_id = gone and above.line_id = member.line_id and member.unit_id = successor and member.parent_id = gone;
    update line_unit set parent_id = successor where parent_id = gone and unit_id <> successor;
    delete from line_unit where unit_id = gone;
end $$;

-- Row-level security, as in 0009: the history of a unit is seen with the unit, a unit's place in a line too.
alter table unit_history enable row level security;
create policy unit_history_scope on unit_history to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = unit_history.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table line_unit enable row level security;
create policy line_unit_scope on line_unit to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = line_unit.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
grant select, insert on unit_history to motorpool_web;
grant select, insert, update, delete on line_unit to motorpool_web;
-- Updating is for the lock under which a line is changed.
grant select, insert, update on line to motorpool_web;
grant select on unit_revision to motorpool_web;
revoke execute on function unit_revised(), taken_credit_codes(text[]), taken_logins(text[]), taken_plates(text[]), line_members(uuid),
    line_handed_over(uuid, uuid) from public;
grant execute on function taken_credit_codes(text[]), taken_logins(text[]), taken_plates(text[]), line_members(uuid),
    line_handed_over(uuid, uuid) to motorpool_web;
