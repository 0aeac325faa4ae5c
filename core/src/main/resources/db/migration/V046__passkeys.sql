-- Passkeys (WebAuthn) of people who sign in here ------------------------------------------------------------------------

-- a key pair of which this is the public half; with the login of this server it goes
create table passkey (
    id              text        not null constraint passkey_pk primary key,
    person_id       text        not null constraint passkey_person_fk references person on delete cascade,
    identity_id     text        not null constraint passkey_identity_fk references identity on delete cascade,
    name            text        not null,
    credential_id   bytea       not null constraint passkey_credential unique,   -- as the authenticator calls it
    credential      bytea       not null,        -- attested credential data: AAGUID, id, COSE key
    sign_count      bigint      not null constraint passkey_sign_count check (sign_count >= 0),
    transports      text[]      not null,
    backup_eligible boolean     not null,        -- whether it may ever leave the device it was made on
    backed_up       boolean     not null,
    made_at         timestamptz not null,
    last_used_at    timestamptz
);
create index passkey_person on passkey (person_id);
create index passkey_identity on passkey (identity_id);

-- how authenticators know a person: random, so that it says nothing of whose it is
create table passkey_handle (
    person_id  text  not null constraint passkey_handle_pk primary key
                     constraint passkey_handle_person_fk references person on delete cascade,
    handle     bytea not null constraint passkey_handle_one unique
);

-- challenges that wait for their answer: each counts once, for minutes, and for what it was made for alone
create table passkey_challenge (
    hash        bytea       not null constraint passkey_challenge_pk primary key,   -- SHA-256
    bound_to    text        not null,            -- the hash of what it is for: which ceremony, which browser or session, whose
    expires_at  timestamptz not null
);
create index passkey_challenge_bound on passkey_challenge (bound_to);
create index passkey_challenge_age on passkey_challenge (expires_at);

-- a proof is of an authenticator app or of a passkey, and goes with it
alter table step_up alter column factor_id drop not null;
alter table step_up add column passkey_id text constraint step_up_passkey_fk references passkey on delete cascade;
alter table step_up add constraint step_up_of_one check (num_nonnulls(factor_id, passkey_id) = 1);
create index step_up_passkey on step_up (passkey_id);

alter table sign_in_session drop constraint sign_in_session_end_reason_known;
alter table sign_in_session add constraint sign_in_session_end_reason_known check (end_reason in
    ('signed out', 'revoked', 'token reuse', 'password changed', 'disabled', 'quarantined', 'identity unlinked',
     'factor reset', 'factor removed', 'idle'));

grant select, insert, update, delete on passkey, passkey_handle, passkey_challenge to ${app};
