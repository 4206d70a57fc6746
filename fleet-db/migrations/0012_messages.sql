-- Messages: what was told, to whom, whether they have read it, and what of it has still to leave the house.

create table message (
    -- rises with time, so that the newest come first
    id           uuid primary key,
    -- a name of `dispatch::message::MessageKind`
    kind         text not null,
    severity     text not null,
    -- the values that its words name, in a form that belongs to no language
    facts        jsonb not null,
    -- what can be opened from it
    subject_kind text,
    subject_id   uuid,
    -- the unit that it is about; null: none
    unit_id      uuid references unit (id),
    created_at   timestamptz not null,
    -- its cause: one cause tells once, whoever tells it and however often
    dedup_key    text not null,
    -- when it was decided by which ways it leaves the house
    routed_at    timestamptz,
    constraint message_dedup_key unique (dedup_key),
    constraint message_severity_check check (severity in ('note', 'important', 'emergency')),
    constraint message_subject_check check ((subject_kind is null) = (subject_id is null))
);
create index message_unrouted_idx on message (id) where routed_at is null;

create table message_recipient (
    account_id uuid not null references account (id) on delete cascade,
    message_id uuid not null references message (id) on delete cascade,
    -- null: unread
    read_at    timestamptz,
    pinned_at  timestamptz,
    primary key (account_id, message_id)
);
create index message_recipient_unread_idx on message_recipient (account_id, message_id) where read_at is null;
create index message_recipient_pinned_idx on message_recipient (account_id, message_id) where pinned_at is not null;
create index message_recipient_message_idx on message_recipient (message_id);

-- One row a message, way out and recipient; a group has no account.
create table message_outbox (
    id         uuid primary key,
    message_id uuid not null references message (id) on delete cascade,
    account_id uuid references account (id) on delete cascade,
    channel    text not null,
    -- a mailbox, a telephone number, the name of a group in the configuration
    address    text not null,
    language   text not null,
    state      text not null default 'due',
    attempts   integer not null default 0,
    -- when it was first to go
    due_at     timestamptz not null,
    -- when it is to be tried; whoever tries moves it ahead, so that nobody else does meanwhile
    next_at    timestamptz not null,
    last_error text,
    sent_at    timestamptz,
    constraint message_outbox_account_key unique (message_id, account_id, channel),
    constraint message_outbox_state_check check (state in ('due', 'sent', 'failed')),
    constraint message_outbox_sent_check check ((state = 'sent') = (sent_at is not null))
);
create unique index message_outbox_group_key on message_outbox (message_id, channel, address) where account_id is null;
create index message_outbox_due_idx on message_outbox (next_at) where state = 'due';

-- How an account wants to be told outside the house; secrets of the ways themselves are in the configuration.
create table notify_preference (
    account_id uuid primary key references account (id) on delete cascade,
    language   text not null,
    email      text,
    phone      text,
    -- such as 22:00-07:00, Asia/Shanghai
    quiet      text,
    -- by kind of message the ways that were chosen: {"alarm_raised": ["email"]}
    choices    jsonb not null,
    changed_at timestamptz not null
);

-- Every device of an account hears that its counts have changed.
create function message_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('message', new.account_id::text);
    return null;
end $$;
create trigger message_told after insert on message_recipient
    for each row execute function message_changed();
create trigger message_marked after update of read_at, pinned_at on message_recipient
    for each row when (old.read_at is distinct from new.read_at or old.pinned_at is distinct from new.pinned_at)
    execute function message_changed();

-- Tells accounts by name, and of each role its nearest holders: those in the unit, or in the next one above that has any; of those whose
-- role was narrowed, such as still have the function that it takes to see what is told. False when the cause has told before. It looks
-- past row-level security: whoever causes a message need not see those who are told.
create function message_tell(told_id uuid, told_kind text, told_severity text, told_facts jsonb, about_kind text, about_id uuid,
                             about_unit uuid, cause text, told_at timestamptz, accounts uuid[], roles text[], needed text)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into message (id, kind, severity, facts, subject_kind, subject_id, unit_id, created_at, dedup_key)
    values (told_id, told_kind, told_severity, told_facts, about_kind, about_id, about_unit, told_at, cause)
    on conflict (dedup_key) do nothing;
    if not found then
        return false;
    end if;
    insert into message_recipient (account_id, message_id)
    with holder as (
        select held.account_id, rank() over (partition by held.role order by line.depth) as nearness
        from unit_closure line
        join account_grant held on held.unit_id = line.ancestor_id
        left join local_role own on own.id = held.local_role_id
        join account on account.id = held.account_id
        where line.unit_id = about_unit
          and held.role = any (roles)
          and held.during @> told_at
          and account.disabled_at is null
          and (needed is null or coalesce(held.functions, own.functions) is null or needed = any (coalesce(held.functions, own.functions)))
          -- what is lent is held by whom it was lent to, as long as the lender has it
          and not exists (select from account_grant lent where lent.delegated_from = held.id and lent.during @> told_at)
          and (held.delegated_from is null
               or exists (select from account_grant whole
                          join account lender on lender.id = whole.account_id
                          where whole.id = held.delegated_from and whole.during @> told_at and lender.disabled_at is null))
    )
    select holder.account_id, told_id from holder where holder.nearness = 1
    union
    select account.id, told_id from account where account.id = any (accounts) and account.disabled_at is null;
    return true;
end $$;
revoke execute on function message_tell(uuid, text, text, jsonb, text, uuid, uuid, text, timestamptz, uuid[], text[], text) from public;
grant execute on function message_tell(uuid, text, text, jsonb, text, uuid, uuid, text, timestamptz, uuid[], text[], text)
    to motorpool_web;

-- A message is its recipients' business; what has still to go out is nobody's but the jobs'.
alter table message enable row level security;
alter table message_recipient enable row level security;
alter table message_outbox enable row level security;
alter table notify_preference enable row level security;
create policy message_recipient_own on message_recipient to motorpool_web using (account_id = (select motorpool_account()));
create policy message_own on message for select to motorpool_web using (
    exists (select from message_recipient r where r.message_id = message.id and r.account_id = (select motorpool_account())));
create policy notify_preference_own on notify_preference to motorpool_web using (account_id = (select motorpool_account()));
grant select on message to motorpool_web;
grant select, update on message_recipient to motorpool_web;
grant select, insert, update on notify_preference to motorpool_web;

-- Red alarms of which nobody has been told yet. Those that are there already are history.
alter table vehicle_alarm add column told_at timestamptz default now();
alter table vehicle_alarm alter column told_at drop default;
create index vehicle_alarm_untold_idx on vehicle_alarm (raised_at) where told_at is null and colour = 'red' and not replayed;
-- Who binds a terminal to another vehicle may find that the two contradict each other: that raises or ends the alarm of it.
grant insert (id, vehicle_no, kind, source, colour, raised_at, replayed, detail), update (cleared_at, detail) on vehicle_alarm to motorpool_web;
