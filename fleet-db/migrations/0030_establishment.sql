-- The life of a car as law: papers that pass their gates one after the other, the ledger of establishments, and the lines of budgets. What
-- a paper says grows with its gates and is not written over; what a unit may hold is the sum of its movements.

-- A change of an establishment, an indicator, a budget, a purchase, a disposal or a transfer: `dispatch::lifecycle`.
create table lifecycle_paper (
    id           uuid primary key,
    paper        text not null,
    number       text not null,
    -- whose car it is about
    unit_id      uuid not null references unit (id),
    state        text not null,
    category     text,
    -- of a renewal the car that goes, of a purchase the one that came, of a disposal and a transfer the one that it is about
    vehicle_id   uuid references vehicle (id),
    -- of a purchase: by which indicator
    indicator_id uuid references lifecycle_paper (id),
    -- of a transfer: who gets it, or in whose pool it lies
    to_unit_id   uuid references unit (id),
    pool_unit_id uuid references unit (id),
    -- of a budget
    year         smallint,
    -- of an indicator that was issued: its last day
    valid_until  date,
    -- number of the document that decided
    document     text not null default '',
    -- `dispatch::lifecycle::facts::PaperFacts`
    facts        jsonb not null,
    proposed_by  uuid not null references account (id),
    proposed_at  timestamptz not null,
    decided_by   uuid references account (id),
    changed_at   timestamptz not null,
    constraint lifecycle_paper_number_key unique (number),
    constraint lifecycle_paper_kind_check check (paper in ('establishment', 'indicator', 'budget', 'purchase', 'disposal', 'transfer')),
    constraint lifecycle_paper_four_eyes_check check (decided_by <> proposed_by),
    constraint lifecycle_paper_whole_check check (case paper
        when 'establishment' then category is not null and facts ? 'change'
        when 'indicator' then category is not null and facts ? 'wanted'
        when 'budget' then year between 2000 and 2999
        when 'purchase' then indicator_id is not null and facts ? 'wanted'
        when 'disposal' then vehicle_id is not null and facts ? 'disposal'
        else vehicle_id is not null and num_nonnulls(to_unit_id, pool_unit_id) > 0 and to_unit_id is distinct from unit_id end)
);
create index lifecycle_paper_unit_idx on lifecycle_paper (paper, unit_id, proposed_at desc);
create index lifecycle_paper_vehicle_idx on lifecycle_paper (vehicle_id) where vehicle_id is not null;
create index lifecycle_paper_to_idx on lifecycle_paper (to_unit_id) where to_unit_id is not null;
create index lifecycle_paper_pool_idx on lifecycle_paper (pool_unit_id) where state = 'offered';
-- A car is renewed once.
create unique index lifecycle_paper_renewed_key on lifecycle_paper (vehicle_id)
    where paper = 'indicator' and state in ('applied', 'reviewed', 'issued', 'reserved', 'used');

-- What was done to a paper, one row a step.
create table lifecycle_step (
    id         uuid primary key,
    paper_id   uuid not null references lifecycle_paper (id),
    from_state text not null,
    action     text not null,
    to_state   text not null,
    by         uuid not null references account (id),
    at         timestamptz not null,
    words      text not null,
    document   text not null,
    -- as they came: several may fall into one instant
    seq        bigint generated always as identity
);
create index lifecycle_step_paper_idx on lifecycle_step (paper_id, seq);

-- What is over stays as it was, and who proposed what for whom is never written over.
create function lifecycle_paper_keeps() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if (new.id, new.paper, new.number, new.unit_id, new.category, new.indicator_id, new.year, new.proposed_by, new.proposed_at)
               is not distinct from
               (old.id, old.paper, old.number, old.unit_id, old.category, old.indicator_id, old.year, old.proposed_by, old.proposed_at)
           -- Parts are added; none goes. (A verdict is given anew with the price that was signed.)
           and (select coalesce(bool_and(new.facts ? part), true) from jsonb_object_keys(old.facts) as part)
        then
            return new;
        end if;
    end if;
    raise exception 'a paper moves by its gates, and is not rewritten'
        using errcode = 'restrict_violation', constraint='lifecycle_paper_final_check';
end $$;
revoke execute on function lifecycle_paper_keeps() from public;
create trigger lifecycle_paper_keeps before update or delete on lifecycle_paper for each row execute function lifecycle_paper_keeps();
create function lifecycle_is_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'what was entered stays' using errcode = 'restrict_violation', constraint='lifecycle_paper_final_check';
end $$;
revoke execute on function lifecycle_is_kept() from public;
create trigger lifecycle_paper_kept_all before truncate on lifecycle_paper for each statement execute function lifecycle_is_kept();
create trigger lifecycle_step_kept before update or delete on lifecycle_step for each row execute function lifecycle_is_kept();
create trigger lifecycle_step_kept_all before truncate on lifecycle_step for each statement execute function lifecycle_is_kept();

-- What a unit may hold (编制): the sum of its movements, kept by the trigger below.
create table establishment (
    unit_id    uuid not null references unit (id),
    category   text not null,
    authorised integer not null,
    primary key (unit_id, category),
    constraint establishment_authorised_check check (authorised >= 0)
);
-- A movement, by its document; never changed.
create table establishment_entry (
    id          uuid primary key,
    unit_id     uuid not null references unit (id),
    category    text not null,
    kind        text not null,
    -- below nothing: taken off
    count       integer not null,
    document    text not null,
    -- the change that was approved, or the transfer
    paper_id    uuid not null references lifecycle_paper (id),
    entered_by  uuid not null references account (id),
    entered_at  timestamptz not null,
    seq         bigint generated always as identity,
    constraint establishment_entry_once_key unique (paper_id, unit_id),
    constraint establishment_entry_kind_check check (
        case when kind in ('reduce', 'withdraw', 'transfer_out') then count < 0
             else kind in ('opening', 'grant', 'transfer_in') and count > 0 end),
    constraint establishment_entry_document_check check (trim(document) <> '')
);
create index establishment_entry_unit_idx on establishment_entry (unit_id, category, seq desc);
create function establishment_moves() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    of lifecycle_paper;
begin
    select * into of from lifecycle_paper where id = new.paper_id;
    if not (of.paper = 'establishment' and of.state = 'approved' and of.unit_id = new.unit_id and of.category = new.category
            and of.facts -> 'change' ->> 'kind' = new.kind and (of.facts -> 'change' ->> 'count')::integer = abs(new.count)
            or of.paper = 'transfer' and of.state = 'done' and abs(new.count) = 1
               and (new.kind, new.unit_id) in (('transfer_out', of.unit_id), ('transfer_in', of.to_unit_id))
               and new.category = (select v.category from vehicle v where v.id = of.vehicle_id))
    then
        raise exception 'a movement has its approved paper'
            using errcode = 'check_violation', constraint='establishment_entry_approved_check';
    end if;
    insert into establishment (unit_id, category, authorised) values (new.unit_id, new.category, 0) on conflict do nothing;
    update establishment set authorised = authorised + new.count where unit_id = new.unit_id and category = new.category;
    return new;
end $$;
revoke execute on function establishment_moves() from public;
create trigger establishment_moves before insert on establishment_entry for each row execute function establishment_moves();
create trigger establishment_entry_kept before update or delete on establishment_entry
    for each row execute function lifecycle_is_kept();
create trigger establishment_entry_kept_all before truncate on establishment_entry for each statement execute function lifecycle_is_kept();

-- The cars that take a place of the establishment: a supplier's does not, nor one that waits to go and has been replaced.
create function establishment_held(tops uuid[]) returns table (vehicle_id uuid, unit_id uuid, category text) language sql stable as $$
    select v.id, v.unit_id, v.category
    from vehicle v
    where v.unit_id in (select w.unit_id from unit_within(tops) w)
      and v.status <> 'disposed'
      and not exists (select from supplier_car s where s.vehicle_id = v.id)
      and not (v.status = 'awaiting_disposal'
               and exists (select from lifecycle_paper i
                           join lifecycle_paper p on p.indicator_id = i.id and p.paper = 'purchase' and p.state = 'registered'
                           where i.vehicle_id = v.id and i.paper = 'indicator' and i.state = 'used'))
$$;
-- How a unit stands in a category, held until the transaction ends: of two indicators for one place the second finds it taken.
create function establishment_standing(asked uuid, of_category text, on_day date)
returns table (authorised integer, held integer, promised integer)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not motorpool_sees_all() and not exists (
        select from unit_closure c where c.unit_id = asked and c.ancestor_id = any (motorpool_scope()))
    then
        return;
    end if;
    insert into establishment (unit_id, category, authorised) values (asked, of_category, 0) on conflict do nothing;
    select e.authorised into authorised from establishment e where e.unit_id = asked and e.category = of_category for update;
    select count(*)::integer into held from establishment_held(array[asked]) h where h.unit_id = asked and h.category = of_category;
    select count(*)::integer into promised
    from lifecycle_paper i
    where i.paper = 'indicator' and i.unit_id = asked and i.category = of_category and i.facts ->> 'kind' = 'addition'
      and (i.state in ('issued', 'reserved') and i.valid_until >= on_day
           or i.state = 'used' and exists (select from lifecycle_paper p
                                           where p.indicator_id = i.id and p.paper = 'purchase' and p.state not in ('registered', 'cancelled')));
    return next;
end $$;
revoke execute on function establishment_standing(uuid, text, date) from public;
grant execute on function establishment_standing(uuid, text, date) to motorpool_web;

-- A line of a budget: one indicator and its money. 先指标后预算: the indicator was issued, and stands in one budget.
create table budget_line (
    id           uuid primary key,
    budget_id    uuid not null references lifecycle_paper (id),
    indicator_id uuid not null references lifecycle_paper (id),
    amount_fen   bigint not null,
    -- false once the budget came to nothing
    is_open      boolean not null default true,
    constraint budget_line_amount_check check (amount_fen between 1 and 100000000000)
);
create unique index budget_line_indicator_key on budget_line (indicator_id) where is_open;
create index budget_line_budget_idx on budget_line (budget_id);
create function budget_line_has_indicator() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if not exists (select from lifecycle_paper i
                   join lifecycle_paper b on b.id = new.budget_id and b.paper = 'budget'
                   join unit_closure c on c.unit_id = i.unit_id and c.ancestor_id = b.unit_id
                   where i.id = new.indicator_id and i.paper = 'indicator' and i.state = 'reserved')
    then
        raise exception 'a line of a budget has an indicator that was issued'
            using errcode = 'check_violation', constraint='budget_line_issued_check';
    end if;
    return new;
end $$;
revoke execute on function budget_line_has_indicator() from public;
create trigger budget_line_has_indicator before insert on budget_line for each row execute function budget_line_has_indicator();

-- The money of an indicator once its budget was granted; whoever buys for a unit need not see the budget of the unit above.
create function budget_granted(asked uuid) returns bigint language sql stable security definer set search_path = public, pg_temp as $$
    select l.amount_fen
    from budget_line l
    join lifecycle_paper b on b.id = l.budget_id and b.state = 'approved'
    where l.indicator_id = asked and l.is_open
$$;
revoke execute on function budget_granted(uuid) from public;
grant execute on function budget_granted(uuid) to motorpool_web;

alter table lifecycle_paper enable row level security;
create policy lifecycle_paper_scope on lifecycle_paper to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = lifecycle_paper.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[]))
    or exists (select from unit_closure c
               where c.unit_id = lifecycle_paper.to_unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])))
    -- One writes for one's own units.
    with check (
        exists (select from unit_closure c where c.unit_id = lifecycle_paper.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[]))
        or exists (select from unit_closure c
                   where c.unit_id = lifecycle_paper.to_unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
-- What lies in the pool of a unit above is seen by all below it, and asked for by any of them.
create policy lifecycle_paper_pool on lifecycle_paper for select to motorpool_web using (
    state = 'offered' and pool_unit_id = any ((select motorpool_above())::uuid[]));
create policy lifecycle_paper_claim on lifecycle_paper for update to motorpool_web
    using (state = 'offered' and pool_unit_id = any ((select motorpool_above())::uuid[]))
    with check (state = 'proposed' and exists (
        select from unit_closure c where c.unit_id = lifecycle_paper.to_unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table lifecycle_step enable row level security;
create policy lifecycle_step_scope on lifecycle_step to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from lifecycle_paper p where p.id = lifecycle_step.paper_id));
alter table establishment enable row level security;
create policy establishment_scope on establishment to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c where c.unit_id = establishment.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table establishment_entry enable row level security;
create policy establishment_entry_scope on establishment_entry to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c
               where c.unit_id = establishment_entry.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
alter table budget_line enable row level security;
create policy budget_line_scope on budget_line to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from lifecycle_paper p where p.id = budget_line.indicator_id));
grant select, insert, update (state, vehicle_id, to_unit_id, valid_until, document, facts, decided_by, changed_at)
    on lifecycle_paper to motorpool_web;
grant select, insert on lifecycle_step, establishment_entry to motorpool_web;
grant select on establishment to motorpool_web;
grant select, insert, update (is_open) on budget_line to motorpool_web;
