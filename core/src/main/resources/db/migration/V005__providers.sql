-- Sign-in through providers --------------------------------------------------------------------------------------------

-- attributes one row per source, like memberships; what the person's own document says stands in person.attributes and wins
create table person_attribute (
    person_id  text not null constraint person_attribute_person_fk references person on delete cascade,
    source     text not null,
    name       text not null,
    value      text not null,
    constraint person_attribute_pk primary key (person_id, source, name)
);
create index group_member_source on group_member (source) where source like 'oidc:%';

-- a browser that was sent to a provider and is awaited back, once; everything is stored as its SHA-256
create table provider_attempt (
    state_hash    bytea       not null constraint provider_attempt_pk primary key,
    browser_hash  bytea       not null,
    provider_id   text        not null,
    expires_at    timestamptz not null
);
create index provider_attempt_age on provider_attempt (expires_at);

-- how strongly the provider says it knew the person
alter table web_session add column acr text;
alter table oauth_grant add column acr text;
alter table sign_in_session add column acr text;
