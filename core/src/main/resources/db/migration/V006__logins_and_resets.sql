-- Logins can be taken away ----------------------------------------------------------------------------------------------

alter table sign_in_session drop constraint sign_in_session_end_reason_known;
alter table sign_in_session add constraint sign_in_session_end_reason_known check (end_reason in
    ('signed out', 'revoked', 'token reuse', 'password changed', 'disabled', 'quarantined', 'identity unlinked'));

-- browsers and tokens that came in through a login go with it, also when they are made at the same instant
create index web_session_identity on web_session (identity_id);
create index oauth_grant_identity on oauth_grant (identity_id) where identity_id is not null;
delete from web_session w where not exists (select 1 from identity i where i.id = w.identity_id);
delete from oauth_grant g where g.identity_id is not null and not exists (select 1 from identity i where i.id = g.identity_id);
alter table web_session add constraint web_session_identity_fk
    foreign key (identity_id) references identity on delete cascade;
alter table oauth_grant add constraint oauth_grant_identity_fk
    foreign key (identity_id) references identity on delete cascade;
create index sign_in_session_identity on sign_in_session (identity_id) where ended_at is null;

-- Lost passwords ----------------------------------------------------------------------------------------------------------

create table password_reset (
    token_hash  bytea       not null constraint password_reset_pk primary key,    -- SHA-256
    person_id   text        not null constraint password_reset_person_fk references person on delete cascade,
    covers      text[]      not null,       -- the administration rights of who made it
    made_at     timestamptz not null,
    expires_at  timestamptz not null,
    used_at     timestamptz
);
create index password_reset_person on password_reset (person_id);
create index password_reset_age on password_reset (expires_at);
grant select, insert, update, delete on password_reset to ${app};

-- The administrator that set-up made holds every right ------------------------------------------------------------------

update role
   set spec = jsonb_set(spec, '{rights}', (select jsonb_agg(name order by name)
         from (select jsonb_array_elements_text(spec -> 'rights') as name
               union select unnest(array['identity.link', 'identity.read', 'key.read', 'person.reset-password'])) as rights)),
       version = version + 1
 where name = 'administrator' and managed_by = 'set-up' and jsonb_typeof(spec -> 'rights') = 'array';
