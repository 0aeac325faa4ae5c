-- What tells of incidents: a document of the catalogue ---------------------------------------------------------------------

create table incident_source (
    id          text        not null constraint incident_source_pk primary key,
    name        text        not null constraint incident_source_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);
grant select, insert, update, delete on incident_source to ${app};

-- Incidents: opened by a person or told by a source, about targets, worked on by persons of our own directory --------------

create table incident (
    id            text        not null constraint incident_pk primary key,
    state         text        not null constraint incident_state_known check (state in ('open', 'closed')),
    title         text        not null,
    severity      text        not null,
    source        text,                    -- the name of an IncidentSource, and what it calls the incident
    reference     text,
    heard_at      timestamptz,             -- the source's time of its last word that counted
    opened_by     text        constraint incident_opener_fk references person,
    unconfirmed   boolean     not null,    -- counts for nobody until a person confirms it
    confirmed_by  text        constraint incident_confirmer_fk references person,
    confirmed_at  timestamptz,
    opened_at     timestamptz not null,
    ends_at       timestamptz not null,    -- when it is closed if nobody does
    closed_at     timestamptz,
    closed_by     text,
    close_reason  text,
    constraint incident_told_by_somebody check ((opened_by is null) = (source is not null)),
    constraint incident_of_a_source check ((source is null) = (reference is null) and (source is null) = (heard_at is null)),
    constraint incident_confirmed_by_another check (confirmed_by is null or opened_by is null or confirmed_by <> opened_by),
    constraint incident_confirmed_timed check ((confirmed_by is null) = (confirmed_at is null)),
    constraint incident_closed_said check ((state = 'closed') = (closed_at is not null)
                                           and (state = 'closed') = (close_reason is not null))
);
create unique index incident_one_open on incident (source, reference) where state = 'open';
create index incident_open on incident (ends_at) where state = 'open';
create index incident_heard on incident (source, reference, heard_at);
insert into transition (entity, from_state, to_state) values ('incident', 'open', 'closed');
create trigger incident_transition before update on incident for each row execute function check_transition();

create table incident_target (
    incident_id  text not null constraint incident_target_incident_fk references incident,
    target_id    text not null constraint incident_target_target_fk references target on delete cascade,
    constraint incident_target_pk primary key (incident_id, target_id)
);
create index incident_target_of on incident_target (target_id);

create table incident_responder (
    incident_id  text not null constraint incident_responder_incident_fk references incident,
    person_id    text constraint incident_responder_person_fk references person on delete cascade,
    group_id     text constraint incident_responder_group_fk references person_group on delete cascade,
    constraint incident_responder_one check ((person_id is null) <> (group_id is null))
);
create unique index incident_responder_person_once on incident_responder (incident_id, person_id) where person_id is not null;
create unique index incident_responder_group_once on incident_responder (incident_id, group_id) where group_id is not null;
create index incident_responder_person on incident_responder (person_id);
create index incident_responder_group on incident_responder (group_id);

-- messages of sources that were taken, so that none counts twice
create table incident_delivery (
    source    text        not null,
    delivery  text        not null,
    at        timestamptz not null,
    constraint incident_delivery_pk primary key (source, delivery)
);
create index incident_delivery_age on incident_delivery (at);

grant select, insert, update on incident to ${app};
grant select, insert, delete on incident_target, incident_responder, incident_delivery to ${app};
revoke delete on incident from ${app};

-- What was granted for an incident ends with it ------------------------------------------------------------------------------

create table grant_incident (
    grant_id     text not null constraint grant_incident_grant_fk references access_grant,
    incident_id  text not null constraint grant_incident_incident_fk references incident,
    constraint grant_incident_pk primary key (grant_id, incident_id)
);
create index grant_incident_of on grant_incident (incident_id);
grant select, insert on grant_incident to ${app};

-- why it is owed; nothing where glass was broken on request or a policy wants it, as a server before this version writes it
alter table review add column because text constraint review_because_known check (because in ('incident', 'fallback'));
alter table review add column incident_id text constraint review_incident_fk references incident;

-- The administrator that set-up made holds every right
update role
   set spec = jsonb_set(spec, '{rights}', (select jsonb_agg(name order by name)
         from (select jsonb_array_elements_text(spec -> 'rights') as name
               union select unnest(array['incident.read', 'incident.open', 'incident.change', 'incident.confirm'])) as rights)),
       version = version + 1
 where name = 'administrator' and managed_by = 'set-up' and jsonb_typeof(spec -> 'rights') = 'array';
