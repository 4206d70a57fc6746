-- The money of trips: what was spent on the way, what a trip came to, and the allowance of units that it is taken from. Nothing here is
-- ever changed: what is wrong gets its opposite beside it, and what is left of an allowance is the sum of its entries.

-- An expense, or the reversal of one.
create table trip_expense (
    id             uuid primary key,
    order_id       uuid not null references dispatch_order (id),
    kind           text not null,
    -- below nothing: takes another one back
    amount_fen     bigint not null,
    occurred_at    timestamptz not null,
    place          text not null,
    fuel_l         double precision,
    energy_kwh     double precision,
    -- the expense that this one takes back
    reverses       uuid references trip_expense (id),
    -- the expense in whose stead this one stands, which was taken back
    instead_of     uuid references trip_expense (id),
    reason         text not null,
    entered_by     uuid not null references account (id),
    entered_at     timestamptz not null,
    -- as they came: several may fall into one instant
    seq            bigint generated always as identity,
    receipt_media  text,
    receipt_sha256 bytea,
    receipt        bytea,
    constraint trip_expense_kind_check check (
        kind in ('fuel', 'charge', 'toll', 'parking', 'wash', 'repair', 'meal', 'lodging', 'other')),
    constraint trip_expense_amount_check check (
        case when reverses is null then amount_fen between 1 and 10000000 else amount_fen between -10000000 and -1 end),
    constraint trip_expense_energy_check check (
        (fuel_l is null or kind = 'fuel') and (energy_kwh is null or kind = 'charge')),
    constraint trip_expense_reason_check check ((reverses is null and instead_of is null) or reason <> ''),
    -- what was taken back is not taken back again
    constraint trip_expense_reverses_key unique (reverses),
    constraint trip_expense_instead_of_key unique (instead_of),
    constraint trip_expense_receipt_check check (
        (receipt is null) = (receipt_media is null) and (receipt is null) = (receipt_sha256 is null)
        and (receipt is null or (length(receipt) between 1 and 5242880 and sha256(receipt) = receipt_sha256)))
);
create index trip_expense_order_idx on trip_expense (order_id, entered_at);
create index trip_expense_amount_idx on trip_expense (kind, amount_fen, occurred_at);
-- Photographs are compressed already.
alter table trip_expense alter column receipt set storage external;

-- The journal is locked when the car is back, whoever writes: afterwards what is wrong is taken back, and the right amount stands in
-- its stead. Whoever brings the car back at the same moment waits for the entry, or the entry for it.
create function trip_expense_is_open() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    stands text;
    wrong  trip_expense;
begin
    select state into stands from dispatch_order where id = new.order_id for share;
    if stands = 'settled' then
        raise exception 'the trip is settled' using errcode = 'check_violation', constraint='trip_expense_settled_check';
    end if;
    if new.reverses is null and new.instead_of is null and stands in ('returned', 'declined', 'cancelled') then
        raise exception 'the journal is locked' using errcode = 'check_violation', constraint='trip_expense_locked_check';
    end if;
    if new.reverses is not null or new.instead_of is not null then
        select * into wrong from trip_expense where id = coalesce(new.reverses, new.instead_of);
        if wrong.order_id <> new.order_id or wrong.reverses is not null
           or (new.reverses is not null and (wrong.amount_fen <> -new.amount_fen or wrong.kind <> new.kind))
           or (new.instead_of is not null and not exists (select from trip_expense back where back.reverses = new.instead_of))
        then
            raise exception 'a reversal is the opposite of an expense of the same trip'
                using errcode = 'check_violation', constraint='trip_expense_reversal_check';
        end if;
    end if;
    return new;
end $$;
revoke execute on function trip_expense_is_open() from public;
create trigger trip_expense_open before insert on trip_expense for each row execute function trip_expense_is_open();

-- What was entered stays; a receipt is added once.
create function trip_expense_is_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if old.receipt is null and new.receipt is not null
           and (new.id, new.order_id, new.kind, new.amount_fen, new.occurred_at, new.place, new.fuel_l, new.energy_kwh, new.reverses,
                new.instead_of, new.reason, new.entered_by, new.entered_at, new.seq)
               is not distinct from
               (old.id, old.order_id, old.kind, old.amount_fen, old.occurred_at, old.place, old.fuel_l, old.energy_kwh, old.reverses,
                old.instead_of, old.reason, old.entered_by, old.entered_at, old.seq)
        then
            return new;
        end if;
    end if;
    raise exception 'an expense is taken back by another entry, and is not changed otherwise'
        using errcode = 'restrict_violation', constraint='trip_expense_final_check';
end $$;
revoke execute on function trip_expense_is_kept() from public;
create trigger trip_expense_kept before update or delete on trip_expense for each row execute function trip_expense_is_kept();
create trigger trip_expense_kept_all before truncate on trip_expense for each statement execute function trip_expense_is_kept();

-- What a trip came to, line by line (结算单).
create table trip_settlement (
    order_id   uuid primary key references dispatch_order (id),
    basis      text not null,
    -- what was priced: class, area, metres, minutes, days
    used       jsonb not null,
    -- `dispatch::cost_line::CostLine`
    lines      jsonb not null,
    total_fen  bigint not null,
    settled_by uuid not null references account (id),
    settled_at timestamptz not null,
    constraint trip_settlement_basis_check check (basis in ('tariff', 'expenses', 'time_share')),
    constraint trip_settlement_total_positive_check check (total_fen >= 0)
);
create function trip_settlement_sums() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op <> 'INSERT' then
        raise exception 'a settlement stands' using errcode = 'restrict_violation', constraint='trip_settlement_final_check';
    end if;
    if new.total_fen <> coalesce((select sum((line ->> 'amount_fen')::bigint) from jsonb_array_elements(new.lines) as line), 0) then
        raise exception 'a settlement is the sum of its lines'
            using errcode = 'check_violation', constraint='trip_settlement_total_check';
    end if;
    return new;
end $$;
revoke execute on function trip_settlement_sums() from public;
create trigger trip_settlement_kept before insert or update or delete on trip_settlement
    for each row execute function trip_settlement_sums();
create trigger trip_settlement_kept_all before truncate on trip_settlement for each statement execute function trip_settlement_sums();

-- Accounts of trip money (用车额度): a pool for a year, or a month of a unit. The sums are those of the entries; the store keeps them, so
-- that the last fen is given out once however many ask at the same moment.
create table allowance_account (
    id            uuid primary key,
    unit_id       uuid not null references unit (id),
    year          smallint not null,
    -- null: the pool of the year
    month         smallint,
    left_fen      bigint not null default 0,
    held_fen      bigint not null default 0,
    given_fen     bigint not null default 0,
    permitted_fen bigint not null default 0,
    created_at    timestamptz not null,
    constraint allowance_account_month_check check (month between 1 and 12 and year between 2000 and 2999),
    constraint allowance_account_key unique nulls not distinct (unit_id, year, month),
    constraint allowance_account_left_check check (left_fen + permitted_fen >= 0),
    constraint allowance_account_held_check check (held_fen >= 0)
);

-- Loans of the pool and spending beyond what is there: proposed by one, decided by another (额度调整).
create table allowance_adjustment (
    id          uuid primary key,
    kind        text not null,
    unit_id     uuid not null references unit (id),
    year        smallint not null,
    month       smallint not null,
    amount_fen  bigint not null,
    -- number of the document; spending beyond what is there needs one
    document    text not null,
    reason      text not null,
    state       text not null default 'proposed',
    proposed_by uuid not null references account (id),
    proposed_at timestamptz not null,
    decided_by  uuid references account (id),
    decided_at  timestamptz,
    opinion     text not null default '',
    constraint allowance_adjustment_kind_check check (kind in ('loan', 'over_quota')),
    constraint allowance_adjustment_month_check check (month between 1 and 12),
    constraint allowance_adjustment_amount_check check (amount_fen between 1 and 100000000000),
    constraint allowance_adjustment_document_check check (kind <> 'over_quota' or trim(document) <> ''),
    constraint allowance_adjustment_state_check check (state in ('proposed', 'approved', 'rejected')),
    constraint allowance_adjustment_decided_check check (
        (state = 'proposed') = (decided_by is null) and (state = 'proposed') = (decided_at is null)),
    constraint allowance_adjustment_four_eyes_check check (decided_by <> proposed_by)
);
create index allowance_adjustment_unit_idx on allowance_adjustment (unit_id, proposed_at desc);
create function allowance_adjustment_moves() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if old.state = 'proposed' and new.state in ('approved', 'rejected')
           and (new.id, new.kind, new.unit_id, new.year, new.month, new.amount_fen, new.document, new.reason, new.proposed_by, new.proposed_at)
               = (old.id, old.kind, old.unit_id, old.year, old.month, old.amount_fen, old.document, old.reason, old.proposed_by, old.proposed_at)
        then
            return new;
        end if;
    end if;
    raise exception 'an adjustment is decided once, and not rewritten'
        using errcode = 'restrict_violation', constraint='allowance_adjustment_final_check';
end $$;
revoke execute on function allowance_adjustment_moves() from public;
create trigger allowance_adjustment_moves before update or delete on allowance_adjustment
    for each row execute function allowance_adjustment_moves();

create table allowance_entry (
    id            uuid primary key,
    account_id    uuid not null references allowance_account (id),
    kind          text not null,
    amount_fen    bigint not null,
    permits_fen   bigint not null,
    order_id      uuid references dispatch_order (id),
    adjustment_id uuid references allowance_adjustment (id),
    -- null: the store itself, as when a month's rest is carried
    entered_by    uuid references account (id),
    reason        text not null,
    entered_at    timestamptz not null,
    constraint allowance_entry_kind_check check (
        case kind
            when 'hold' then amount_fen < 0
            when 'debit' then amount_fen < 0
            when 'release' then amount_fen > 0
            when 'over_quota' then amount_fen = 0
            else kind in ('grant', 'allot', 'loan', 'carry') and amount_fen <> 0
        end),
    constraint allowance_entry_permits_check check (case when kind = 'over_quota' then permits_fen > 0 else permits_fen = 0 end),
    constraint allowance_entry_order_check check ((kind in ('hold', 'release', 'debit')) = (order_id is not null)),
    constraint allowance_entry_adjustment_check check ((kind in ('loan', 'over_quota')) = (adjustment_id is not null))
);
-- An order holds once, gives back once and is debited once.
create unique index allowance_entry_order_key on allowance_entry (order_id, kind) where order_id is not null;
create unique index allowance_entry_adjustment_key on allowance_entry (adjustment_id, account_id) where adjustment_id is not null;
create index allowance_entry_account_idx on allowance_entry (account_id, entered_at);

-- An order's money is that of the unit that travels, what is lent or allowed stands in an approved adjustment, and what is given back
-- was held.
create function allowance_entry_is_founded() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    book allowance_account;
    paper allowance_adjustment;
begin
    select * into book from allowance_account where id = new.account_id;
    if new.order_id is not null then
        if book.month is null or book.unit_id <> (select unit_id from dispatch_order where id = new.order_id) then
            raise exception 'an order is held and debited where the people come from'
                using errcode = 'check_violation', constraint='allowance_entry_unit_check';
        end if;
        if new.kind = 'release' and not exists (
            select from allowance_entry held
            where held.order_id = new.order_id and held.kind = 'hold' and held.account_id = new.account_id and held.amount_fen = -new.amount_fen)
        then
            raise exception 'what is given back was held'
                using errcode = 'check_violation', constraint='allowance_entry_release_check';
        end if;
    end if;
    if new.adjustment_id is not null then
        select * into paper from allowance_adjustment where id = new.adjustment_id;
        if paper.state <> 'approved' or paper.kind <> new.kind
           or abs(new.amount_fen) + new.permits_fen <> paper.amount_fen
           or (book.month is not null and (book.unit_id, book.year, book.month) is distinct from (paper.unit_id, paper.year, paper.month))
           or (book.month is null) <> (new.amount_fen < 0)
        then
            raise exception 'a loan and spending beyond what is there need their approved adjustment'
                using errcode = 'check_violation', constraint='allowance_entry_approved_check';
        end if;
    end if;
    return new;
end $$;
revoke execute on function allowance_entry_is_founded() from public;
create trigger allowance_entry_founded before insert on allowance_entry
    for each row execute function allowance_entry_is_founded();

create function allowance_entered() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update allowance_account
    set left_fen = left_fen + new.amount_fen,
        permitted_fen = permitted_fen + new.permits_fen,
        held_fen = held_fen - case when new.kind in ('hold', 'release') then new.amount_fen else 0 end,
        given_fen = given_fen + case when new.kind in ('grant', 'allot', 'loan', 'carry') then new.amount_fen else 0 end
    where id = new.account_id;
    return null;
end $$;
revoke execute on function allowance_entered() from public;
create trigger allowance_entered after insert on allowance_entry for each row execute function allowance_entered();

create function allowance_is_kept() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    -- The sums move with an entry, and with nothing else.
    if tg_op = 'UPDATE' and tg_table_name = 'allowance_account' and pg_trigger_depth() > 1 then
        return new;
    end if;
    raise exception 'what was entered stands: a correction is another entry'
        using errcode = 'restrict_violation', constraint='allowance_entry_final_check';
end $$;
revoke execute on function allowance_is_kept() from public;
create trigger allowance_entry_kept before update or delete on allowance_entry for each row execute function allowance_is_kept();
create trigger allowance_entry_kept_all before truncate on allowance_entry for each statement execute function allowance_is_kept();
create trigger allowance_account_kept before update or delete on allowance_account for each row execute function allowance_is_kept();
create trigger allowance_account_kept_all before truncate on allowance_account for each statement execute function allowance_is_kept();

-- What is left of a month goes to the next one, once and whole; of two that carry at the same moment the second finds nothing.
create function allowance_carry(giver uuid, taker uuid, out_key uuid, in_key uuid, at timestamptz) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    carried bigint;
begin
    select g.left_fen into carried
    from allowance_account g
    join allowance_account t on t.id = taker and t.unit_id = g.unit_id and t.year = g.year and t.month = g.month + 1
    where g.id = giver
    for update of g;
    if coalesce(carried, 0) <= 0 then
        return 0;
    end if;
    insert into allowance_entry (id, account_id, kind, amount_fen, permits_fen, reason, entered_at) values
        (out_key, giver, 'carry', -carried, 0, '', at),
        (in_key, taker, 'carry', carried, 0, '', at);
    return carried;
end $$;
revoke execute on function allowance_carry(uuid, uuid, uuid, uuid, timestamptz) from public;
grant execute on function allowance_carry(uuid, uuid, uuid, uuid, timestamptz) to motorpool_web;

-- The pool that a unit's months are given from: its own, or that of the nearest superior that has one.
create function allowance_pool(asked uuid, of_year smallint) returns uuid language sql stable security definer set search_path = public, pg_temp as $$
    select a.id
    from unit_closure c
    join allowance_account a on a.unit_id = c.ancestor_id
    where c.unit_id = asked and a.year = of_year and a.month is null
    order by c.depth
    limit 1
$$;
revoke execute on function allowance_pool(uuid, smallint) from public;
grant execute on function allowance_pool(uuid, smallint) to motorpool_web;

-- The values that bind a unit, whoever asks: what a trip costs does not depend on who settles it.
create function rule_versions_binding(asked uuid, keys text[]) returns setof rule_version
language sql stable security definer set search_path = public, pg_temp as $$
    select v.*
    from rule_version v
    where v.rule_key = any (keys)
      and (v.unit_id is null or v.unit_id in (select c.ancestor_id from unit_closure c where c.unit_id = asked))
$$;
revoke execute on function rule_versions_binding(uuid, text[]) from public;
grant execute on function rule_versions_binding(uuid, text[]) to motorpool_web;

-- Money of a trip is seen with its order; a unit's allowance by those who answer for the unit, and by those who have an order of its
-- people before them: who sends a car sees whether there is money for it.
alter table trip_expense enable row level security;
create policy trip_expense_scope on trip_expense to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from dispatch_order o where o.id = trip_expense.order_id));
alter table trip_settlement enable row level security;
create policy trip_settlement_scope on trip_settlement to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from dispatch_order o where o.id = trip_settlement.order_id));
alter table allowance_account enable row level security;
create policy allowance_account_scope on allowance_account to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c
               where c.unit_id = allowance_account.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[]))
    or exists (select from dispatch_order o where o.unit_id = allowance_account.unit_id));
alter table allowance_entry enable row level security;
create policy allowance_entry_scope on allowance_entry to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from allowance_account a where a.id = allowance_entry.account_id));
alter table allowance_adjustment enable row level security;
create policy allowance_adjustment_scope on allowance_adjustment to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c
               where c.unit_id = allowance_adjustment.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
grant select on trip_expense, trip_settlement, allowance_account, allowance_entry, allowance_adjustment to motorpool_web;
grant insert on trip_expense, trip_settlement, allowance_entry to motorpool_web;
grant update (receipt, receipt_media, receipt_sha256) on trip_expense to motorpool_web;
grant insert (id, unit_id, year, month, created_at) on allowance_account to motorpool_web;
grant insert (id, kind, unit_id, year, month, amount_fen, document, reason, proposed_by, proposed_at),
    update (state, decided_by, decided_at, opinion) on allowance_adjustment to motorpool_web;
