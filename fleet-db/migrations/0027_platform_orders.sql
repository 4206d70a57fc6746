-- Orders between platforms (跨平台派车): a request that is approved here is carried out there, and settled once. Peers are entered by
-- hand, every message is signed, and what was heard once is not done twice.

-- Whoever travels here in the name of another platform.
alter table unit
    drop constraint unit_kind_check,
    add constraint unit_kind_check check (kind in ('organ', 'institution', 'department', 'fleet', 'platform', 'other'));

-- The register of peers (对接平台).
create table peer_platform (
    id            uuid primary key,
    -- what it calls itself when it writes to us, and what we call ourselves when we write to it
    code          text not null,
    own_code      text not null,
    name          text not null,
    level         smallint not null,
    region_code   text not null,
    base_url      text not null,
    algorithm     text not null,
    -- with what it signs and with what we sign, sealed with the key of the data folder; null: it has not told its own yet
    sealed_theirs bytea,
    sealed_ours   bytea not null,
    -- the fleet that its requests ask for cars; those above and below may hand requests over to it
    unit_id       uuid not null references unit (id),
    -- in whose name its people travel here, and the account, shut for ever, that stands for whoever asked there
    guest_unit_id uuid not null references unit (id),
    guest_account_id uuid not null references account (id),
    created_at    timestamptz not null,
    disabled_at   timestamptz,
    -- when it was last heard, and what of its messages was refused
    heard_at      timestamptz,
    refused       bigint not null default 0,
    refused_at    timestamptz,
    refused_code  text,
    constraint peer_platform_code_key unique (code),
    constraint peer_platform_code_check check (code ~ '^[A-Za-z0-9._-]{1,32}$' and own_code ~ '^[A-Za-z0-9._-]{1,32}$'),
    constraint peer_platform_level_check check (level between 1 and 4),
    constraint peer_platform_region_code_check check (region_code ~ '^[0-9]{6}$'),
    constraint peer_platform_algorithm_check check (algorithm in ('hmac_sha256', 'hmac_sm3'))
);

-- The way of a request to another platform or from one (转派单). A request that came back may go out again: that is another round.
create table hand_over (
    id            uuid primary key,
    platform_id   uuid not null references peer_platform (id),
    direction     text not null,
    request_id    uuid not null references trip_request (id),
    -- the request's number where it was asked for, and how often it went out from there
    number        text not null,
    round         integer not null,
    state         text not null,
    -- what becomes of the request once it is called back
    recalled_to   text,
    -- who travels, by the words of the other platform
    origin_unit   text not null,
    origin_applicant text not null,
    -- cars and drivers, as they were told last
    orders        jsonb not null default '[]',
    lines         jsonb,
    total_fen     bigint,
    settled_at    timestamptz,
    reason        text,
    -- messages written and messages heard, counted
    told          integer not null default 0,
    heard         integer not null default 0,
    handed_by     uuid references account (id),
    handed_at     timestamptz not null,
    changed_at    timestamptz not null,
    constraint hand_over_paper_key unique (platform_id, direction, number, round),
    constraint hand_over_direction_check check (direction in ('out', 'in')),
    constraint hand_over_state_check check (
        state in ('sent', 'taken', 'ordered', 'underway', 'returned', 'settled', 'calling_back', 'refused', 'cancelled')),
    constraint hand_over_recalled_check check (
        recalled_to in ('approved', 'cancelled') and direction = 'out' or (recalled_to is null and state <> 'calling_back')),
    constraint hand_over_settled_check check (
        (state = 'settled') = (total_fen is not null) and (total_fen is null) = (settled_at is null) and (total_fen is null) = (lines is null)),
    constraint hand_over_total_positive_check check (total_fen >= 0)
);
create unique index hand_over_open_key on hand_over (request_id) where state not in ('refused', 'cancelled');
create index hand_over_request_idx on hand_over (request_id);

-- Nothing of a confidential trip goes out, whoever writes; and what is settled is settled once.
create function hand_over_is_kept() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        if exists (select from trip_request r where r.id = new.request_id and r.is_confidential) then
            raise exception 'a confidential trip goes to no other platform'
                using errcode = 'check_violation', constraint='hand_over_confidential_check';
        end if;
        return new;
    end if;
    if tg_op = 'UPDATE' and old.state not in ('settled', 'refused', 'cancelled')
       and (new.id, new.platform_id, new.direction, new.request_id, new.number, new.round, new.handed_at)
           = (old.id, old.platform_id, old.direction, old.request_id, old.number, old.round, old.handed_at)
    then
        return new;
    end if;
    if tg_op = 'UPDATE' and to_jsonb(new) - '{told,heard,changed_at}'::text[] = to_jsonb(old) - '{told,heard,changed_at}'::text[] then
        return new;
    end if;
    raise exception 'what was handed over is over' using errcode = 'restrict_violation', constraint='hand_over_final_check';
end $$;
revoke execute on function hand_over_is_kept() from public;
create trigger hand_over_kept before insert or update or delete on hand_over for each row execute function hand_over_is_kept();
create trigger hand_over_kept_all before truncate on hand_over for each statement execute function hand_over_is_kept();

-- What goes out, in the order of each paper; the next one when the one before is acknowledged.
create table peer_message (
    id            uuid primary key,
    hand_over_id  uuid not null references hand_over (id),
    sequence      integer not null,
    kind          text not null,
    -- in our own words; those of the other platform are put in their place when it is sent
    body          jsonb not null,
    state         text not null default 'due',
    attempts      integer not null default 0,
    written_at    timestamptz not null,
    next_at       timestamptz not null,
    answer_code   text,
    ended_at      timestamptz,
    constraint peer_message_sequence_key unique (hand_over_id, sequence),
    constraint peer_message_kind_check check (kind in ('hand_over', 'recall', 'progress', 'refusal', 'settlement')),
    constraint peer_message_state_check check (state in ('due', 'acknowledged', 'refused', 'withdrawn')),
    constraint peer_message_ended_check check ((state = 'due') = (ended_at is null))
);
create index peer_message_due_idx on peer_message (next_at) where state = 'due';

-- What was heard within the time in which a message is good: said again, it is no message.
create table peer_nonce (
    platform_id   uuid not null references peer_platform (id),
    nonce         text not null,
    heard_at      timestamptz not null,
    primary key (platform_id, nonce)
);
create index peer_nonce_heard_idx on peer_nonce (heard_at);

-- The words of the exchange (交换词典): interfaces, codes of states and names of fields, ours and those on the wire. Another table of words
-- for one platform needs no other program.
create table exchange_word (
    platform_id   uuid references peer_platform (id),
    kind          text not null,
    ours          text not null,
    theirs        text not null,
    term          text not null,
    source        text not null,
    constraint exchange_word_ours_key unique nulls not distinct (platform_id, kind, ours),
    constraint exchange_word_theirs_key unique nulls not distinct (platform_id, kind, theirs),
    constraint exchange_word_kind_check check (kind in ('interface', 'status', 'field')),
    constraint exchange_word_theirs_check check (theirs <> '' and length(theirs) <= 64)
);
-- DB32/T 3826-2020, 7.2 to 7.19: the eighteen interfaces.
insert into exchange_word (kind, ours, theirs, term, source)
select 'interface', ours, theirs, term, 'DB32/T 3826-2020'
from (values
    ('sign_in', '7.2', '登录'), ('unit', '7.3', '单位基本信息'), ('vehicle', '7.4', '单车基本信息'), ('over_standard', '7.5', '超标准配备车辆信息'),
    ('driver', '7.6', '驾驶员'), ('dispatch', '7.7', '派车'), ('maintenance', '7.8', '维保'), ('inspection', '7.9', '年检'),
    ('energy', '7.10', '能耗'), ('insurance', '7.11', '保险费用'), ('toll', '7.12', '过路过桥费用'), ('parking', '7.13', '停车费用'),
    ('other_expense', '7.14', '其他费用'), ('supervision', '7.15', '监督检查'), ('complaint', '7.16', '12345投诉'),
    ('rental_dispatch', '7.17', '社会车辆租赁派车'), ('violation', '7.18', '违章'), ('disposal', '7.19', '处置')
) as word (ours, theirs, term);
-- The codes of states that platforms at work use.
insert into exchange_word (kind, ours, theirs, term, source)
select 'status', ours, theirs, term, '公车监管与服务平台接口定义'
from (values
    ('submitted', '1', '审批中'), ('approved', '2', '待派车'), ('ordered', '3', '已配车'), ('underway', '4', '在途'), ('returned', '5', '完成')
) as word (ours, theirs, term);
-- The table of fields of GB/T 45241-2025 is not to be had: until it is, the names on the wire are our own.
insert into exchange_word (kind, ours, theirs, term, source)
select 'field', name, name, term, 'GB/T 45241-2025'
from (values
    ('number', '申请单号'), ('unit_name', '用车单位'), ('applicant', '用车人'), ('reason', '事由'), ('purpose', '事由说明'),
    ('category', '车辆类别'), ('seats', '座位数'), ('passengers', '乘车人'), ('passenger_count', '乘车人数'), ('vehicle_count', '车辆数'),
    ('from', '出发地'), ('to', '目的地'), ('stops', '途经地'), ('begins_at', '计划用车时间'), ('ends_at', '计划交车时间'),
    ('plate', '号牌号码'), ('driver', '驾驶员'), ('driver_phone', '驾驶员电话'), ('departed_at', '出车时间'), ('returned_at', '收车时间'),
    ('distance_m', '里程'), ('total_fen', '费用合计')
) as word (name, term);

-- A request that was carried out elsewhere is held and debited as an order of our own is.
alter table allowance_entry
    add column hand_over_id uuid references hand_over (id),
    drop constraint allowance_entry_order_check,
    add constraint allowance_entry_order_check check (
        num_nonnulls(order_id, hand_over_id) = case when kind in ('hold', 'release', 'debit') then 1 else 0 end);
create unique index allowance_entry_hand_over_key on allowance_entry (hand_over_id, kind) where hand_over_id is not null;
create function allowance_entry_of_hand_over() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    book allowance_account;
begin
    select * into book from allowance_account where id = new.account_id;
    if book.month is null or not exists (
        select from hand_over h join trip_request r on r.id = h.request_id
        where h.id = new.hand_over_id and h.direction = 'out' and r.unit_id = book.unit_id)
    then
        raise exception 'what others drove is held and debited where the people come from'
            using errcode = 'check_violation', constraint='allowance_entry_unit_check';
    end if;
    if new.kind = 'release' and not exists (
        select from allowance_entry held
        where held.hand_over_id = new.hand_over_id and held.kind = 'hold' and held.account_id = new.account_id
          and held.amount_fen = -new.amount_fen)
    then
        raise exception 'what is given back was held' using errcode = 'check_violation', constraint='allowance_entry_release_check';
    end if;
    return new;
end $$;
revoke execute on function allowance_entry_of_hand_over() from public;
create trigger allowance_entry_of_hand_over before insert on allowance_entry
    for each row when (new.hand_over_id is not null) execute function allowance_entry_of_hand_over();

-- A peer is known above and below the unit that it stands beside; its keys are read by the service itself alone.
alter table peer_platform enable row level security;
create policy peer_platform_scope on peer_platform to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c
               where c.unit_id = peer_platform.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
create policy peer_platform_superior on peer_platform for select to motorpool_web using (
    exists (select from unit_closure c
            where c.ancestor_id = peer_platform.unit_id and c.unit_id = any ((select motorpool_scope())::uuid[])));
grant select (id, code, own_code, name, level, region_code, base_url, algorithm, unit_id, guest_unit_id, guest_account_id, created_at,
              disabled_at, heard_at, refused, refused_at, refused_code),
    insert,
    -- the unit with a merger
    update (own_code, name, level, region_code, base_url, algorithm, sealed_theirs, sealed_ours, disabled_at, unit_id)
    on peer_platform to motorpool_web;
create function peer_has_key(asked uuid) returns boolean language sql stable security definer set search_path = public, pg_temp as $$
    select sealed_theirs is not null from peer_platform where id = asked
$$;
create function peer_label(asked uuid) returns text language sql stable security definer set search_path = public, pg_temp as $$
    select name from peer_platform where id = asked
$$;
revoke execute on function peer_has_key(uuid), peer_label(uuid) from public;
grant execute on function peer_has_key(uuid), peer_label(uuid) to motorpool_web;
-- What hangs on a request is seen with it.
alter table hand_over enable row level security;
create policy hand_over_scope on hand_over to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from trip_request r where r.id = hand_over.request_id));
alter table peer_message enable row level security;
create policy peer_message_scope on peer_message to motorpool_web using (
    (select motorpool_sees_all()) or exists (select from hand_over h where h.id = peer_message.hand_over_id));
grant select, insert, update on hand_over to motorpool_web;
grant select, insert, update (state, ended_at) on peer_message to motorpool_web;
grant select on exchange_word to motorpool_web;
-- Who hands over sees whether there is money for it, as who sends a car does.
create policy allowance_account_handed on allowance_account to motorpool_web using (
    exists (select from hand_over h join trip_request r on r.id = h.request_id
            where h.direction = 'out' and r.unit_id = allowance_account.unit_id));
