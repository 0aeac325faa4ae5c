-- Passwords and throttling ------------------------------------------------------------------------------------------------

create table password (
    person_id   text        not null constraint password_pk primary key
                            constraint password_person_fk references person on delete cascade,
    hash        text        not null,       -- PHC string, Argon2id
    changed_at  timestamptz not null
);

-- counts failures by (name, source network) and by source network: what an outsider does touches only their own rows
create table login_throttle (
    key            text        not null constraint login_throttle_pk primary key,
    failures       integer     not null,
    last_at        timestamptz not null,
    blocked_until  timestamptz not null
);
create index login_throttle_age on login_throttle (last_at);

-- First run ---------------------------------------------------------------------------------------------------------------

create table setup_link (
    token_hash  bytea       not null constraint setup_link_pk primary key,
    expires_at  timestamptz not null,
    used_at     timestamptz
);

-- Sign-in sessions ----------------------------------------------------------------------------------------------------------

create table sign_in_session (
    id           text        not null constraint sign_in_session_pk primary key,
    person_id    text        not null constraint sign_in_session_person_fk references person,
    identity_id  text        not null,
    client       text        not null,
    amr          text[]      not null,
    auth_time    timestamptz not null,
    created_at   timestamptz not null,
    expires_at   timestamptz not null,
    ended_at     timestamptz,
    end_reason   text        constraint sign_in_session_end_reason_known check (end_reason in
                             ('signed out', 'revoked', 'token reuse', 'password changed', 'disabled', 'quarantined')),
    constraint sign_in_session_end_said check ((ended_at is null) = (end_reason is null))
);
create index sign_in_session_open on sign_in_session (person_id) where ended_at is null;

-- a browser that is signed in; the cookie holds what hashes to the key
create table web_session (
    id_hash      bytea       not null constraint web_session_pk primary key,
    person_id    text        not null constraint web_session_person_fk references person on delete cascade,
    identity_id  text        not null,
    epoch        bigint      not null,
    amr          text[]      not null,
    auth_time    timestamptz not null,
    expires_at   timestamptz not null
);
create index web_session_person on web_session (person_id);
create index web_session_age on web_session (expires_at);

-- OAuth -----------------------------------------------------------------------------------------------------------------------

-- one authorization from its first code to its last refresh token; every secret is stored as its SHA-256
create table oauth_grant (
    id                  text        not null constraint oauth_grant_pk primary key,
    client_id           text        not null,
    grant_type          text        not null,
    person_id           text        constraint oauth_grant_person_fk references person on delete cascade,
    identity_id         text,
    amr                 text[],
    auth_time           timestamptz,
    session_id          text,
    scopes              text[]      not null,
    redirect_uri        text,
    code_challenge      text,
    key_thumbprint      text,
    code_hash           bytea       constraint oauth_grant_code_unique unique,
    code_expires_at     timestamptz,
    code_used_at        timestamptz,
    device_hash         bytea       constraint oauth_grant_device_unique unique,
    user_hash           bytea       constraint oauth_grant_user_unique unique,
    device_expires_at   timestamptz,
    device_used_at      timestamptz,
    device_verdict      text        constraint oauth_grant_verdict_known check (device_verdict in ('allowed', 'refused')),
    asked_from          text,
    refresh_hash        bytea       constraint oauth_grant_refresh_unique unique,
    refresh_expires_at  timestamptz,
    created_at          timestamptz not null,
    expires_at          timestamptz not null
);
create index oauth_grant_session on oauth_grant (session_id) where session_id is not null;
create index oauth_grant_age on oauth_grant (expires_at);

-- refresh tokens that were exchanged already: one that comes back was stolen
create table oauth_spent_token (
    hash       bytea       not null constraint oauth_spent_token_pk primary key,
    grant_id   text        not null constraint oauth_spent_token_grant_fk references oauth_grant on delete cascade
);
create index oauth_spent_token_grant on oauth_spent_token (grant_id);

-- proofs of possession seen within their life, so that none counts twice on any node; what a crash loses has expired by the time the database is back
create unlogged table dpop_proof (
    hash        bytea       not null constraint dpop_proof_pk primary key,
    expires_at  timestamptz not null
);
create index dpop_proof_age on dpop_proof (expires_at);

create table token_key (
    id           text        not null constraint token_key_pk primary key,
    state        text        not null constraint token_key_state_known check (state in ('next', 'active', 'retired')),
    public_jwk   jsonb       not null,
    private_key  bytea       not null,     -- wrapped by the root key, bound to table, id and purpose
    created_at   timestamptz not null,
    activated_at timestamptz,
    retired_at   timestamptz
);
create unique index token_key_one_active on token_key ((true)) where state = 'active';
create unique index token_key_one_next on token_key ((true)) where state = 'next';
