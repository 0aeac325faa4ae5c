-- Proofs of a second factor for one thing, each good once and for minutes ----------------------------------------------

create table step_up (
    token_hash   bytea       not null constraint step_up_pk primary key,      -- SHA-256
    person_id    text        not null constraint step_up_person_fk references person on delete cascade,
    identity_id  text        not null constraint step_up_identity_fk references identity on delete cascade,
    session_id   text        not null,
    factor_id    text        not null constraint step_up_factor_fk references totp_factor on delete cascade,
    purpose      text        not null,       -- the hash of what it is for
    proved_at    timestamptz not null,
    expires_at   timestamptz not null,
    used_at      timestamptz
);
create index step_up_person on step_up (person_id);
create index step_up_identity on step_up (identity_id);
create index step_up_factor on step_up (factor_id);
create index step_up_age on step_up (expires_at);
grant select, insert, update, delete on step_up to ${app};
