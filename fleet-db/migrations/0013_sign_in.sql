-- How people prove who they are: passwords with their history, second factors, and accounts of a government identity
-- provider. GB/T 22239-2019 asks for two factors, for passwords that change, and for sessions that can be ended.

-- Set by an administrator: good for nothing but choosing another.
alter table account add column password_is_temporary boolean not null default false;

-- Passwords that were used before, so that the last few are not used again.
create table account_password (
    account_id    uuid not null references account (id) on delete cascade,
    set_at        timestamptz not null,
    password_hash text not null,
    primary key (account_id, set_at)
);

-- The shared secret of an authenticator (RFC 6238), sealed with the key of the data folder.
create table account_totp (
    account_id    uuid primary key references account (id) on delete cascade,
    sealed_secret bytea not null,
    -- the newest step whose code was taken: no code is taken twice
    last_step     bigint not null default 0,
    created_at    timestamptz not null,
    -- null until the first code has shown that the authenticator has the secret
    confirmed_at  timestamptz
);

-- Ways back in for who lost the authenticator; each is good once.
create table account_recovery_code (
    account_id  uuid not null references account (id) on delete cascade,
    code_sha256 bytea not null,
    used_at     timestamptz,
    primary key (account_id, code_sha256)
);

-- Who an account is at the identity provider.
create table account_identity (
    account_id uuid primary key references account (id) on delete cascade,
    issuer     text not null,
    -- what an administrator entered in place of the subject, such as a staff number; read once, at the first sign-in
    expected   text,
    subject    text,
    bound_at   timestamptz not null,
    constraint account_identity_subject_key unique (issuer, subject),
    constraint account_identity_expected_key unique (issuer, expected),
    constraint account_identity_known_check check (subject is not null or expected is not null)
);

-- the password was right, the code is still to come
alter table account_session add column awaits_code boolean not null default false;
-- 'password', or 'oidc' where the identity provider vouched
alter table account_session add column vouched_by text not null default 'password';
alter table account_session add constraint account_session_vouched_by_check check (vouched_by in ('password', 'oidc'));

-- Requests are answered in a role that may find out that there is a secret and take it away, and reads none.
alter table account_password enable row level security;
alter table account_totp enable row level security;
alter table account_recovery_code enable row level security;
alter table account_identity enable row level security;
create policy account_password_scope on account_password to motorpool_web using (
    exists (select from account a where a.id = account_password.account_id));
create policy account_totp_scope on account_totp to motorpool_web using (
    exists (select from account a where a.id = account_totp.account_id));
create policy account_recovery_code_scope on account_recovery_code to motorpool_web using (
    exists (select from account a where a.id = account_recovery_code.account_id));
create policy account_identity_scope on account_identity to motorpool_web using (
    exists (select from account a where a.id = account_identity.account_id));
grant select (account_id, set_at), insert, delete on account_password to motorpool_web;
grant select (account_id, confirmed_at), delete on account_totp to motorpool_web;
grant select (account_id, used_at), delete on account_recovery_code to motorpool_web;
grant select, insert, update, delete on account_identity to motorpool_web;
