-- Who may enrol their first second factor without having one: by a one-time code, in the session in which it was shown, or
-- for a while after a password was set by a one-time link.
create table enrolment (
    person_id   text        not null constraint enrolment_pk primary key
                            constraint enrolment_person_fk references person on delete cascade,
    code_hash   bytea,      -- SHA-256 of a code that waits to be shown
    covers      text[],     -- the administration rights of who made it
    session_id  text,       -- in which it was shown
    made_at     timestamptz not null,
    expires_at  timestamptz not null,
    constraint enrolment_waits_or_open check (code_hash is null or session_id is null),
    constraint enrolment_code_covers check ((code_hash is null) or (covers is not null))
);
create index enrolment_age on enrolment (expires_at);
grant select, insert, update, delete on enrolment to ${app};
