-- Who reads the audit log: what was done in the units of the reader's scope, and what belongs to no unit for who sees the whole tree;
-- and functions that look past row-level security or write for others are taken out of everybody's hands.

alter table audit_entry enable row level security;
create policy audit_entry_scope on audit_entry for select to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from unit_closure c
               where c.unit_id = audit_entry.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
grant select on audit_entry to motorpool_web;
-- How far the chain goes and what sealed it tells nothing of any unit.
grant select on audit_seal, audit_pruned, audit_head to motorpool_web;

-- What is looked for in the log beside what 0008 has an index for.
create index audit_entry_action_idx on audit_entry (action, seq);
create index audit_entry_kind_idx on audit_entry (subject_kind, seq);

-- The links of a piece of the chain, whoever's affair the entries are: the hash of a text tells nothing of it, and without the links
-- between them the entries that a reader may see prove nothing.
create function audit_links(first_seq bigint, last_seq bigint)
returns table (seq bigint, prev_hash bytea, hash bytea, body_hash bytea)
language sql stable security definer set search_path = public, pg_temp as $$
    select e.seq, e.prev_hash, e.hash, sha256(convert_to(e.body, 'UTF8'))
    from audit_entry e
    where e.seq between first_seq and last_seq
    order by e.seq
$$;

revoke execute on function audit_append(text), audit_links(bigint, bigint), motorpool_sees_all() from public;
grant execute on function audit_append(text), audit_links(bigint, bigint), motorpool_sees_all() to motorpool_web;

-- Triggers fire for whoever writes, without asking who may call them; nobody needs to call them otherwise.
do $$
declare
    f record;
begin
    for f in
        select p.oid::regprocedure as name
        from pg_proc p
        where p.pronamespace = 'public'::regnamespace
          and p.prorettype = 'trigger'::regtype
          and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    loop
        execute format('revoke execute on function %s from public', f.name);
    end loop;
end $$;
