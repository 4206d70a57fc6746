-- Papers of cars with their files: kept as they came, found out when a byte has changed, and never gone without a trace.

create table vehicle_document (
    id            uuid primary key,
    vehicle_id    uuid not null references vehicle (id),
    kind          text not null,
    name          text not null,
    media_type    text not null,
    size_bytes    bigint not null,
    sha256        bytea not null,
    -- null once it is deleted: what it was, its hash and who deleted it stay
    content       bytea,
    uploaded_by   uuid not null references account (id),
    uploaded_at   timestamptz not null,
    deleted_at    timestamptz,
    deleted_by    uuid references account (id),
    delete_reason text,
    constraint vehicle_document_hash_check check (content is null or (length(content) = size_bytes and sha256(content) = sha256)),
    constraint vehicle_document_deletion_check check (
        (content is null) = (deleted_at is not null)
        and (content is null) = (deleted_by is not null)
        and (content is null) = (coalesce(delete_reason, '') <> ''))
);
-- The same file under the same kind is kept once: who sends it again because the answer was lost is told so.
create unique index vehicle_document_content_key on vehicle_document (vehicle_id, kind, sha256) where deleted_at is null;
create index vehicle_document_vehicle_idx on vehicle_document (vehicle_id);
-- Files are sent out in pieces, and most of them are compressed already.
alter table vehicle_document alter column content set storage external;

-- A paper stays as it came until it is deleted, and then as it was: for the owner of the tables too.
create function vehicle_document_keep() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
    if tg_op = 'UPDATE' then
        if old.deleted_at is null and new.deleted_at is not null
           and (new.id, new.vehicle_id, new.kind, new.name, new.media_type, new.size_bytes, new.sha256, new.uploaded_by, new.uploaded_at)
             = (old.id, old.vehicle_id, old.kind, old.name, old.media_type, old.size_bytes, old.sha256, old.uploaded_by, old.uploaded_at)
        then
            return new;
        end if;
    end if;
    raise exception 'a paper of a vehicle is deleted by taking its content, and is not changed otherwise'
        using errcode = 'insufficient_privilege';
end $$;
create trigger vehicle_document_kept before update or delete on vehicle_document
    for each row execute function vehicle_document_keep();
create trigger vehicle_document_kept_all before truncate on vehicle_document
    for each statement execute function vehicle_document_keep();
revoke execute on function vehicle_document_keep() from public;

alter table vehicle_document enable row level security;
create policy vehicle_document_scope on vehicle_document to motorpool_web using (
    (select motorpool_sees_all())
    or exists (select from vehicle v where v.id = vehicle_document.vehicle_id));
grant select on vehicle_document to motorpool_web;
grant insert (id, vehicle_id, kind, name, media_type, size_bytes, sha256, content, uploaded_by, uploaded_at),
    update (content, deleted_at, deleted_by, delete_reason) on vehicle_document to motorpool_web;
