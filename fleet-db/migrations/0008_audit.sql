-- Who did what: entries that are only ever added, each chained to the one before it, and the seals that hold the chain from outside.

-- Instant of a body, written in UTC to the microsecond: a cast of text would depend on the session's settings.
create function audit_instant(body jsonb) returns timestamptz language sql immutable strict parallel safe as $$
    select make_timestamp(
               substr(body ->> 'at', 1, 4)::integer, substr(body ->> 'at', 6, 2)::integer, substr(body ->> 'at', 9, 2)::integer,
               substr(body ->> 'at', 12, 2)::integer, substr(body ->> 'at', 15, 2)::integer, substr(body ->> 'at', 18, 9)::float8
           ) at time zone 'UTC'
$$;

create table audit_entry (
    -- 1, 2, 3, …: no number is ever missing, not even after a transaction that was rolled back
    seq          bigint primary key,
    -- one line of JSON, as it was hashed
    body         text not null,
    prev_hash    bytea not null,
    -- SHA-256 over prev_hash, seq in eight bytes and the SHA-256 of the body
    hash         bytea not null,
    -- What is searched is read out of the body by the store itself, so that search and proof cannot differ.
    at           timestamptz generated always as (audit_instant(body::jsonb)) stored,
    account_id   uuid generated always as ((body::jsonb ->> 'account')::uuid) stored,
    login        text generated always as (body::jsonb ->> 'login') stored,
    action       text generated always as (body::jsonb ->> 'action') stored,
    subject_kind text generated always as (body::jsonb -> 'subject' ->> 'kind') stored,
    subject_id   uuid generated always as ((body::jsonb -> 'subject' ->> 'id')::uuid) stored,
    subject_name text generated always as (body::jsonb -> 'subject' ->> 'name') stored,
    unit_id      uuid generated always as ((body::jsonb ->> 'unit')::uuid) stored,
    constraint audit_entry_seq_check check (seq > 0)
);
create index audit_entry_at_idx on audit_entry (at);
create index audit_entry_account_idx on audit_entry (account_id, seq) where account_id is not null;
create index audit_entry_subject_idx on audit_entry (subject_id, seq) where subject_id is not null;
create index audit_entry_unit_idx on audit_entry (unit_id, seq) where unit_id is not null;

-- The newest entry; its row's lock makes one chain of what many write at once.
create table audit_head (
    id   boolean primary key default true,
    seq  bigint not null,
    hash bytea not null,
    constraint audit_head_one_check check (id)
) with (fillfactor = 10);
insert into audit_head (seq, hash) values (0, decode(repeat('00', 32), 'hex'));

-- The chain as it stood when a day had ended, signed with the service's own key; copies of it lie elsewhere.
create table audit_seal (
    -- the last day that it covers, in Asia/Shanghai
    day       date primary key,
    last_seq  bigint not null,
    hash      bytea not null,
    sealed_at timestamptz not null,
    -- the public key (SM2, 65 bytes) and the signature (DER) over the text that `dispatch::audit::seal` makes of the rest
    key       bytea not null,
    signature bytea not null
);

-- What was forgotten after it had been kept long enough: the chain goes on from the sealed hash.
create table audit_pruned (
    through_seq bigint primary key,
    hash        bytea not null,
    day         date not null references audit_seal (day),
    entries     bigint not null,
    pruned_at   timestamptz not null
);

-- Nobody changes what was written down, the owner of the tables neither. A superuser could switch the triggers off; that is
-- what the chain is for.
create function audit_refuse() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    raise exception 'the audit log is only ever added to' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_entry_kept before update or truncate on audit_entry for each statement execute function audit_refuse();
create trigger audit_seal_kept before update or delete or truncate on audit_seal for each statement execute function audit_refuse();
create trigger audit_pruned_kept before update or delete or truncate on audit_pruned for each statement execute function audit_refuse();
create trigger audit_head_kept before delete or truncate on audit_head for each statement execute function audit_refuse();

-- Entries go only after they were pruned by the rule below.
create function audit_entry_delete() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (select from audit_pruned where through_seq >= old.seq) then
        raise exception 'the audit log is only ever added to' using errcode = 'insufficient_privilege';
    end if;
    return old;
end $$;
create trigger audit_entry_pruned before delete on audit_entry for each row execute function audit_entry_delete();

-- Only what a seal covers whose day is at least a year ago, by the server's own clock.
create function audit_prune_rule() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (
        select from audit_seal s
        where s.day = new.day and s.last_seq = new.through_seq and s.hash = new.hash
          and s.day < (now() at time zone 'Asia/Shanghai')::date - 365
    ) then
        raise exception 'the audit log is kept for one year at least' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger audit_pruned_rule before insert on audit_pruned for each row execute function audit_prune_rule();

-- An entry is what `audit_append` made of a body: behind the newest, with the right hash.
create function audit_entry_rule() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (
        select from audit_head
        where audit_head.seq + 1 = new.seq and audit_head.hash = new.prev_hash
          and new.hash = sha256(new.prev_hash || int8send(new.seq) || sha256(convert_to(new.body, 'UTF8')))
    ) then
        raise exception 'an audit entry is appended by audit_append' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger audit_entry_appended before insert on audit_entry for each row execute function audit_entry_rule();

-- The head moves with the chain alone.
create function audit_head_rule() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if not exists (select from audit_entry where audit_entry.seq = new.seq and audit_entry.hash = new.hash and new.seq = old.seq + 1) then
        raise exception 'the head of the audit log moves by audit_append' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$;
create trigger audit_head_moved before update on audit_head for each row execute function audit_head_rule();
create trigger audit_head_one before insert on audit_head for each statement execute function audit_refuse();

-- Adds an entry. Whoever calls it needs no right on the tables; the head stays locked until the transaction ends, so it is
-- called last.
create function audit_append(body text) returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare
    head   audit_head;
    number bigint;
    own    bytea;
begin
    select * into strict head from audit_head for update;
    number := head.seq + 1;
    own := sha256(head.hash || int8send(number) || sha256(convert_to(body, 'UTF8')));
    insert into audit_entry (seq, body, prev_hash, hash) values (number, audit_append.body, head.hash, own);
    update audit_head set seq = number, hash = own;
    return number;
end $$;
