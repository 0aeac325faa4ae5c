-- Links in letters by which an approver decides: only hashes, each for one person and one request, once
create table notification_link (
    hash             bytea       not null constraint notification_link_pk primary key,
    notification_id  text        not null constraint notification_link_letter_fk references notification on delete cascade,
    request_id       text        not null constraint notification_link_request_fk references request,
    person_id        text        not null constraint notification_link_person_fk references person on delete cascade,
    expires_at       timestamptz not null,
    used_at          timestamptz
);
create index notification_link_letter on notification_link (notification_id);
create index notification_link_person on notification_link (person_id, request_id);
grant select, insert, update, delete on notification_link to ${app};
