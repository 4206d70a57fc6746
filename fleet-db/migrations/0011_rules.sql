-- Rules as data: the values that rules use, each a row with its date, its source and four eyes, and the proposals they come from.

create table rule_change (
    id           uuid primary key,
    rule_key     text not null,
    unit_id      uuid not null references unit (id),
    -- first day on which it would hold, in Beijing time
    from_on      date not null,
    -- null: from that day on, what the unit above says
    value        jsonb,
    source       text not null,
    -- number of the document that decided it; what has been is changed by a document alone
    document     text,
    reason       text not null,
    state        text not null default 'draft',
    proposed_by  uuid not null references account (id),
    -- the day in Beijing on which it was proposed stands beside the instant, because a check reads no zone
    proposed_on  date not null,
    proposed_at  timestamptz not null,
    decided_by   uuid references account (id),
    decided_at   timestamptz,
    opinion      text not null default '',
    constraint rule_change_state_check check (state in ('draft', 'submitted', 'approved', 'rejected', 'withdrawn')),
    constraint rule_change_decided_check check ((state in ('approved', 'rejected')) = (decided_by is not null and decided_at is not null)),
    constraint rule_change_four_eyes_check check (decided_by <> proposed_by),
    constraint rule_change_document_check check (from_on >= proposed_on or coalesce(trim(document), '') <> '')
);
create index rule_change_unit_idx on rule_change (unit_id);
create index rule_change_open_idx on rule_change (state, proposed_at) where state in ('draft', 'submitted');

create table rule_version (
    id          uuid primary key,
    rule_key    text not null,
    -- null: what the product brings along, which holds for all
    unit_id     uuid references unit (id),
    from_on     date not null,
    value       jsonb,
    source      text not null,
    document    text,
    change_id   uuid references rule_change (id),
    proposed_by uuid references account (id),
    approved_by uuid references account (id),
    -- since when it is known here: an old check is answered as it was known then
    recorded_at timestamptz not null,
    constraint rule_version_change_key unique (change_id),
    constraint rule_version_four_eyes_check check (approved_by <> proposed_by),
    constraint rule_version_origin_check check (
        case when change_id is null
            then unit_id is null and proposed_by is null and approved_by is null and value is not null
            else unit_id is not null and proposed_by is not null and approved_by is not null
        end
    )
);
create unique index rule_version_builtin_key on rule_version (rule_key, from_on) where change_id is null;
create index rule_version_key_idx on rule_version (rule_key, unit_id);

-- A version is a fact: it is neither edited nor taken away, whoever asks.
create function rule_version_is_final() returns trigger language plpgsql as $$
begin
    raise exception 'a version of a rule is never changed: a correction is another version'
        using errcode = 'restrict_violation', constraint='rule_version_final_check';
end $$;
create trigger rule_version_final before update or delete on rule_version
    for each row execute function rule_version_is_final();
create trigger rule_version_kept before truncate on rule_version
    for each statement execute function rule_version_is_final();

-- Nothing becomes a version past its proposal: the change is approved, and says the same.
create function rule_version_is_approved() returns trigger language plpgsql as $$
begin
    if new.change_id is not null and not exists (
        select from rule_change c
        where c.id = new.change_id
          and c.state = 'approved'
          and c.rule_key = new.rule_key
          and c.unit_id = new.unit_id
          and c.from_on = new.from_on
          and c.value is not distinct from new.value
          and c.proposed_by = new.proposed_by
          and c.decided_by = new.approved_by
    ) then
        raise exception 'a version of a rule needs its approved proposal'
            using errcode = 'check_violation', constraint='rule_version_approved_check';
    end if;
    return new;
end $$;
create trigger rule_version_approved before insert on rule_version
    for each row execute function rule_version_is_approved();

-- What is decided stays as it was decided, and what was handed in is not rewritten under the eyes of who decides.
create function rule_change_moves() returns trigger language plpgsql as $$
begin
    if (old.state, new.state) not in (
            ('draft', 'submitted'), ('draft', 'withdrawn'),
            ('submitted', 'approved'), ('submitted', 'rejected'), ('submitted', 'withdrawn'))
        or (old.rule_key, old.unit_id, old.from_on, old.value, old.source, old.document, old.reason, old.proposed_by, old.proposed_on, old.proposed_at)
            is distinct from
           (new.rule_key, new.unit_id, new.from_on, new.value, new.source, new.document, new.reason, new.proposed_by, new.proposed_on, new.proposed_at)
    then
        raise exception 'a proposal moves on and is not rewritten'
            using errcode = 'check_violation', constraint='rule_change_moves_check';
    end if;
    return new;
end $$;
create trigger rule_change_moves before update on rule_change
    for each row execute function rule_change_moves();

-- Whoever keeps values in memory is told.
create function rules_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('rules_changed', '');
    return null;
end $$;
create trigger rules_changed after insert on rule_version
    for each statement execute function rules_changed();
-- Which policy a car has hangs on its unit, and on where that unit stands.
create trigger vehicle_rules_changed after insert or delete or update of unit_id on vehicle
    for each statement execute function rules_changed();
create trigger unit_rules_changed after insert or delete or update of parent_id on unit
    for each statement execute function rules_changed();

-- The legal calendar as rows: of each year and unit the newest version, day by day.
create view calendar_day as
    select day::date as day, newest.unit_id, marked.kind, marked.name, newest.source, newest.recorded_at
    from (
        select distinct on (v.unit_id, date_part('year', v.from_on)) v.unit_id, v.value, v.source, v.recorded_at
        from rule_version v
        where v.rule_key = 'calendar_days'
        order by v.unit_id, date_part('year', v.from_on), v.recorded_at desc, v.id desc
    ) newest
    cross join lateral jsonb_to_recordset(case when jsonb_typeof(newest.value) = 'array' then newest.value else '[]' end)
        as marked (first date, last date, kind text, name text)
    cross join lateral generate_series(marked.first, marked.last, interval '1 day') as day;

-- A unit's norms bind those below it, so they may read them; what a neighbour decided is no business of theirs.
alter table rule_version enable row level security;
create policy rule_version_scope on rule_version to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = rule_version.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
create policy rule_version_superior on rule_version for select to motorpool_web using (
    unit_id is null
    or exists (select from unit_closure c where c.ancestor_id = rule_version.unit_id and c.unit_id = any ((select motorpool_scope())::uuid[])));
alter table rule_change enable row level security;
create policy rule_change_scope on rule_change to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = rule_change.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter view calendar_day set (security_invoker = true);
grant select, insert on rule_version to motorpool_web;
grant select, insert, update on rule_change to motorpool_web;
grant select on calendar_day to motorpool_web;

-- How many days of tracks a car has between two days: counted without opening one of them.
create function track_days_between(units uuid[], older date, younger date) returns table (vehicle_id uuid, n bigint)
language sql stable security definer set search_path = public, pg_temp as $$
    select v.id, count(*)
    from vehicle v
    join track_day d on d.vehicle_no = v.no
    where v.unit_id = any (units)
      and d.day >= older
      and d.day < younger
      and (current_setting('role') <> 'motorpool_web'
           or exists (select from unit_closure c where c.unit_id = v.unit_id and c.ancestor_id = any (motorpool_scope())))
    group by v.id
$$;
revoke execute on function track_days_between(uuid[], date, date) from public;
grant execute on function track_days_between(uuid[], date, date) to motorpool_web;
