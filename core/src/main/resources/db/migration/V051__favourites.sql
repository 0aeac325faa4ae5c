-- What people ask for often and want at hand. Whoever no longer may ask for it does not see it.
create table favourite (
    person_id  text         not null constraint favourite_person_fk references person on delete cascade,
    role_id    text         not null constraint favourite_role_fk references role on delete cascade,
    target_id  text         not null constraint favourite_target_fk references target on delete cascade,
    at         timestamptz  not null,
    constraint favourite_pk primary key (person_id, role_id, target_id)
);
create index favourite_role on favourite (role_id);
create index favourite_target on favourite (target_id);
grant select, insert, delete on favourite to ${app};
