-- Where news goes, and which news goes there: documents of the catalogue ---------------------------------------------------

create table notification_channel (
    id          text        not null constraint notification_channel_pk primary key,
    name        text        not null constraint notification_channel_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);
create table notification_route (
    id          text        not null constraint notification_route_pk primary key,
    name        text        not null constraint notification_route_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);

-- Password, address or signing key of a channel: wrapped by the root key, and bound to the destination it was given for
create table notification_secret (
    channel      text        not null constraint notification_secret_pk primary key,
    sealed       bytea       not null,
    destination  text        not null,
    set_at       timestamptz not null
);

-- How far the audit log has been read for news. One row: whoever holds it reads.
create table notification_cursor (
    single        boolean     not null default true constraint notification_cursor_pk primary key
                              constraint notification_cursor_single check (single),
    place         text,
    warned_until  timestamptz
);
insert into notification_cursor default values;

-- The outbox. A key stands once, so that no news is put there twice.
create table notification (
    id               text        not null constraint notification_pk primary key,
    key              text        not null constraint notification_key_unique unique,
    news             text        not null,
    severity         text        not null constraint notification_severity_known check (severity in ('low', 'medium', 'high', 'critical')),
    channel          text        not null,
    person_id        text        constraint notification_person_fk references person on delete cascade,
    address          text,
    request_id       text,
    asks             text[]      not null default '{}',   -- item/stage whose people it tells
    content          jsonb       not null,
    happened_at      timestamptz not null,
    created_at       timestamptz not null,
    state            text        not null constraint notification_state_known check (state in ('waiting', 'sent', 'dead')),
    attempts         int         not null default 0,
    next_attempt_at  timestamptz not null,
    settled_at       timestamptz,
    last_error       text,
    constraint notification_settled check ((state = 'waiting') = (settled_at is null)),
    constraint notification_addressed check ((person_id is null) = (address is null))
);
create index notification_due on notification (next_attempt_at) where state = 'waiting';
create index notification_dead on notification (channel) where state = 'dead';
create index notification_request on notification (request_id) where request_id is not null;
create index notification_settled_at on notification (settled_at) where state <> 'waiting';
insert into transition (entity, from_state, to_state) values
    ('notification', 'waiting', 'sent'), ('notification', 'waiting', 'dead'), ('notification', 'dead', 'waiting');
create trigger notification_transition before update on notification for each row execute function check_transition();

grant select, insert, update, delete on notification_channel, notification_route, notification_secret, notification to ${app};
revoke insert, delete on notification_cursor from ${app};
grant select, update on notification_cursor to ${app};

-- The administrator that set-up made holds every right
update role
   set spec = jsonb_set(spec, '{rights}', (select jsonb_agg(name order by name)
         from (select jsonb_array_elements_text(spec -> 'rights') as name
               union select unnest(array['notification.read', 'notification.write'])) as rights)),
       version = version + 1
 where name = 'administrator' and managed_by = 'set-up' and jsonb_typeof(spec -> 'rights') = 'array';
