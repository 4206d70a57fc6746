-- Drivers (驾驶员): their files, with the licence that decides whether they may be sent, bound to the account they sign in with.

create table driver (
    id             uuid primary key,
    unit_id        uuid not null references unit (id),
    -- null: has no account, and is told by others
    account_id     uuid references account (id),
    name           text not null,
    phone          text not null,
    -- a name of `dispatch::driver::LicenceClass`
    licence_class  text not null,
    -- the last four characters, to tell two of one name apart; the rest is personal and not needed here
    licence_tail   text not null,
    licence_until  date not null,
    status         text not null,
    joined_on      date not null,
    created_at     timestamptz not null,
    constraint driver_account_key unique (account_id),
    constraint driver_status_check check (status in ('on_duty', 'on_leave', 'suspended', 'left')),
    constraint driver_licence_check check (licence_class in ('A1', 'A2', 'A3', 'B1', 'B2', 'C1', 'C2')),
    constraint driver_licence_tail_check check (licence_tail ~ '^[0-9A-Z]{4}$')
);
create index driver_unit_idx on driver (unit_id, name);

alter table driver enable row level security;
create policy driver_scope on driver to motorpool_web using (
    (select motorpool_sees_all())
    or account_id = (select motorpool_account())
    or exists (select from unit_closure c where c.unit_id = driver.unit_id and c.ancestor_id = any ((select motorpool_scope())::uuid[])));
grant select, insert, update on driver to motorpool_web;
