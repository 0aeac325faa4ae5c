-- Second factors of people who have a password here ---------------------------------------------------------------------

-- an authenticator; one that is not confirmed yet counts for nothing
create table totp_factor (
    id            text        not null constraint totp_factor_pk primary key,
    person_id     text        not null constraint totp_factor_person_fk references person on delete cascade,
    secret        bytea       not null,     -- wrapped by the root key, bound to table, id and purpose
    recovery_key  bytea       not null,     -- the key of the hashes of recovery codes, wrapped likewise
    made_at       timestamptz not null,
    confirmed_at  timestamptz,
    last_step     bigint      not null      -- codes of this time step and of earlier ones no longer count
);
create unique index totp_factor_one_confirmed on totp_factor (person_id) where confirmed_at is not null;
create unique index totp_factor_one_offered on totp_factor (person_id) where confirmed_at is null;

create table recovery_code (
    factor_id  text        not null constraint recovery_code_factor_fk references totp_factor on delete cascade,
    hash       bytea       not null,        -- HMAC-SHA-256
    made_at    timestamptz not null,
    used_at    timestamptz,
    constraint recovery_code_pk primary key (factor_id, hash)
);

-- somebody whose password was right, and who has not shown the second factor yet
create table sign_in_half (
    token_hash   bytea       not null constraint sign_in_half_pk primary key,     -- SHA-256
    person_id    text        not null constraint sign_in_half_person_fk references person on delete cascade,
    identity_id  text        not null constraint sign_in_half_identity_fk references identity on delete cascade,
    epoch        bigint      not null,
    expires_at   timestamptz not null
);
create index sign_in_half_person on sign_in_half (person_id);
create index sign_in_half_identity on sign_in_half (identity_id);
create index sign_in_half_age on sign_in_half (expires_at);

grant select, insert, update, delete on totp_factor, recovery_code, sign_in_half to ${app};

alter table sign_in_session drop constraint sign_in_session_end_reason_known;
alter table sign_in_session add constraint sign_in_session_end_reason_known check (end_reason in
    ('signed out', 'revoked', 'token reuse', 'password changed', 'disabled', 'quarantined', 'identity unlinked',
     'factor reset'));

-- The administrator that set-up made holds every right
update role
   set spec = jsonb_set(spec, '{rights}', (select jsonb_agg(name order by name)
         from (select jsonb_array_elements_text(spec -> 'rights') as name
               union select unnest(array['person.reset-factor'])) as rights)),
       version = version + 1
 where name = 'administrator' and managed_by = 'set-up' and jsonb_typeof(spec -> 'rights') = 'array';
