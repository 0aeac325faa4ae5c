-- Identity -----------------------------------------------------------------------------------------------------------

create table person (
    id            text        not null constraint person_pk primary key,
    name          text        not null constraint person_name_unique unique,
    display_name  text        not null,
    email         text,
    attributes    jsonb       not null default '{}',
    state         text        not null default 'active' constraint person_state_known check (state in ('active', 'disabled')),
    quarantined_at     timestamptz,
    quarantine_reason  text,
    epoch         bigint      not null default 0,   -- grows when everything issued to this person must stop counting
    managed_by    text        not null,
    version       bigint      not null default 1,
    created_at    timestamptz not null
);

create table identity (
    id          text        not null constraint identity_pk primary key,
    person_id   text        not null constraint identity_person_fk references person on delete cascade,
    issuer      text        not null,
    subject     text        not null,
    created_at  timestamptz not null,
    constraint identity_key_unique unique (issuer, subject)
);
create index identity_person on identity (person_id);

create table person_group (
    id           text        not null constraint person_group_pk primary key,
    name         text        not null constraint person_group_name_unique unique,
    description  text        not null default '',
    managed_by   text        not null,
    version      bigint      not null default 1,
    created_at   timestamptz not null
);

-- one row per source: a membership lasts as long as any source says so
create table group_member (
    group_id   text not null constraint group_member_group_fk references person_group on delete cascade,
    person_id  text not null constraint group_member_person_fk references person on delete cascade,
    source     text not null,
    constraint group_member_pk primary key (group_id, person_id, source)
);
create index group_member_person on group_member (person_id, group_id);

-- Catalogue ----------------------------------------------------------------------------------------------------------

create table target (
    id          text        not null constraint target_pk primary key,
    name        text        not null constraint target_name_unique unique,
    type        text        not null,
    labels      jsonb       not null default '{}',
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null,
    host_token_hash  bytea,                  -- SHA-256 of the token by which an enrolled host names itself
    enrolled_at      timestamptz
);
create index target_labels on target using gin (labels jsonb_path_ops);

create table role (
    id          text        not null constraint role_pk primary key,
    name        text        not null constraint role_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);

create table eligibility (
    id          text        not null constraint eligibility_pk primary key,
    name        text        not null constraint eligibility_name_unique unique,
    role_id     text        not null constraint eligibility_role_fk references role on delete cascade,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);
create index eligibility_role on eligibility (role_id);

-- Allowed transitions of everything that has a life ------------------------------------------------------------------

create table transition (
    entity      text not null,
    from_state  text not null,
    to_state    text not null,
    constraint transition_pk primary key (entity, from_state, to_state)
);
insert into transition (entity, from_state, to_state) values
    ('request_item', 'pending', 'approved'), ('request_item', 'pending', 'denied'),
    ('request_item', 'pending', 'expired'), ('request_item', 'pending', 'withdrawn'),
    ('access_grant', 'scheduled', 'active'), ('access_grant', 'scheduled', 'ending'),
    ('access_grant', 'active', 'ending'), ('access_grant', 'ending', 'ended'),
    ('lease', 'issuing', 'issued'), ('lease', 'issuing', 'closing'),
    ('lease', 'issued', 'closing'), ('lease', 'closing', 'closed');

create function check_transition() returns trigger language plpgsql as $$
begin
    if new.state <> old.state and not exists (
            select 1 from sallyport.transition where entity = tg_table_name and from_state = old.state and to_state = new.state) then
        raise exception '% may not go from % to %', tg_table_name, old.state, new.state
            using errcode = 'check_violation', constraint = tg_table_name || '_transition';
    end if;
    return new;
end $$;

-- Requests -----------------------------------------------------------------------------------------------------------

create table request (
    id            text        not null constraint request_pk primary key,
    requester_id  text        not null constraint request_requester_fk references person,
    identity_id   text        not null,
    reason        text        not null,
    ticket        text,
    duration_ms   bigint      not null constraint request_duration_positive check (duration_ms > 0),
    starts_at     timestamptz,
    extends       text,
    decide_by     timestamptz not null,
    created_at    timestamptz not null,
    constraint request_reason_bounded check (length(reason) <= 1000)
);
create index request_requester on request (requester_id, id);

create table request_item (
    id           text        not null constraint request_item_pk primary key,
    request_id   text        not null constraint request_item_request_fk references request,
    role_id      text        not null,
    role_name    text        not null,
    target_id    text        not null,
    target_name  text        not null,
    state        text        not null constraint request_item_state_known
                             check (state in ('pending', 'approved', 'denied', 'expired', 'withdrawn')),
    decision     jsonb       not null,
    facts        jsonb       not null,
    decide_by    timestamptz not null,
    decided_at   timestamptz,
    constraint request_item_decided check ((state = 'pending') = (decided_at is null))
);
create index request_item_request on request_item (request_id);
create index request_item_due on request_item (decide_by) where state = 'pending';
create trigger request_item_transition before update on request_item for each row execute function check_transition();

create table approval (
    item_id      text        not null constraint approval_item_fk references request_item,
    approver_id  text        not null constraint approval_approver_fk references person,
    verdict      text        not null constraint approval_verdict_known check (verdict in ('approve', 'deny')),
    comment      text,
    duration_ms  bigint      constraint approval_duration_positive check (duration_ms > 0),
    at           timestamptz not null,
    constraint approval_once_per_person primary key (item_id, approver_id)
);

-- Grants and leases --------------------------------------------------------------------------------------------------

create table access_grant (
    id           text        not null constraint access_grant_pk primary key,
    state        text        not null constraint access_grant_state_known
                             check (state in ('scheduled', 'active', 'ending', 'ended')),
    person_id    text        not null constraint access_grant_person_fk references person,
    role_id      text        not null,
    role_name    text        not null,
    target_id    text        not null,
    target_name  text        not null,
    request_id   text        not null constraint access_grant_request_fk references request,
    item_id      text        not null constraint access_grant_item_unique unique
                             constraint access_grant_item_fk references request_item,
    terms        jsonb       not null,
    starts_at    timestamptz not null,
    ends_at      timestamptz not null,
    end_reason   text        constraint access_grant_end_reason_known check (end_reason in
                             ('expired', 'returned', 'revoked', 'quarantined', 'policy', 'target gone')),
    end_comment  text,
    ending_at    timestamptz,
    ended_at     timestamptz,
    constraint access_grant_window check (ends_at > starts_at),
    constraint access_grant_end_said check ((state in ('ending', 'ended')) = (end_reason is not null)),
    constraint access_grant_end_timed check ((state = 'ended') = (ended_at is not null))
);
create index access_grant_due on access_grant (ends_at) where state in ('scheduled', 'active');
create index access_grant_start on access_grant (starts_at) where state = 'scheduled';
create index access_grant_ending on access_grant (ending_at) where state = 'ending';
create index access_grant_person on access_grant (person_id, id);
create index access_grant_running on access_grant (person_id, target_id) where state in ('scheduled', 'active');
create index access_grant_target on access_grant (target_id) where state in ('scheduled', 'active', 'ending');
create trigger access_grant_transition before update on access_grant for each row execute function check_transition();

create table lease (
    id               text        not null constraint lease_pk primary key,
    state            text        not null constraint lease_state_known
                                 check (state in ('issuing', 'issued', 'closing', 'closed')),
    kind             text        not null,
    cut              text        not null constraint lease_cut_known check (cut in ('instant', 'poll', 'expiry')),
    grant_id         text        not null constraint lease_grant_fk references access_grant,
    target_id        text        not null,
    spec             jsonb       not null,
    issued_at        timestamptz not null,
    expires_at       timestamptz not null,
    closing_at       timestamptz,
    closed_at        timestamptz,
    attempts         integer     not null default 0,
    constraint lease_closed_timed check ((state = 'closed') = (closed_at is not null)),
    constraint lease_closing_timed check (state in ('issuing', 'issued') or closing_at is not null)
);
create index lease_grant on lease (grant_id);
create index lease_expiring on lease (expires_at) where state = 'issued';
-- the work of closing: when it is tried next and how it went; a row for each lease that is closing
create table lease_closing (
    lease_id         text        not null constraint lease_closing_pk primary key
                                 constraint lease_closing_lease_fk references lease,
    target_id        text        not null,
    feed_version     bigint      not null,
    attempts         integer     not null default 0,
    next_attempt_at  timestamptz not null,
    last_error       text
);
create index lease_closing_due on lease_closing (next_attempt_at);
create index lease_closing_target on lease_closing (target_id);
create trigger lease_transition before update on lease for each row execute function check_transition();

-- Credentials --------------------------------------------------------------------------------------------------------

create table ssh_ca_key (
    id           text        not null constraint ssh_ca_key_pk primary key,
    purpose      text        not null constraint ssh_ca_key_purpose_known check (purpose in ('access', 'target', 'host', 'krl')),
    state        text        not null constraint ssh_ca_key_state_known check (state in ('next', 'active', 'retired')),
    public_key   text        not null,
    private_key  bytea       not null,     -- wrapped by the root key, bound to table, id and purpose
    created_at   timestamptz not null,
    retired_at   timestamptz,
    constraint ssh_ca_key_retired_timed check ((state = 'retired') = (retired_at is not null))
);
create unique index ssh_ca_key_one_next on ssh_ca_key (purpose) where state = 'next';
create unique index ssh_ca_key_one_active on ssh_ca_key (purpose) where state = 'active';

-- nodes take serials in blocks
create sequence ssh_serial increment by 1000;

-- what the hosts must refuse, until the certificates have expired by themselves
create table ssh_revocation (
    serial       bigint      not null constraint ssh_revocation_pk primary key,
    ca_key_id    text        not null constraint ssh_revocation_ca_fk references ssh_ca_key,
    lease_id     text        not null,
    target_id    text        not null,
    version      bigint      not null,     -- feed version at which it joined the KRL
    valid_until  timestamptz not null
);
create index ssh_revocation_valid on ssh_revocation (valid_until);

create table krl_confirmation (
    target_id     text        not null constraint krl_confirmation_pk primary key,
    version       bigint      not null,
    confirmed_at  timestamptz not null
);

-- The feed: effective deny, in one order -----------------------------------------------------------------------------

create table feed_head (
    single   boolean not null default true constraint feed_head_pk primary key constraint feed_head_single check (single),
    version  bigint  not null
);
insert into feed_head (version) values (0);

create table feed (
    version  bigint      not null constraint feed_pk primary key,
    kind     text        not null,
    subject  text        not null,
    at       timestamptz not null
);

-- Findings -----------------------------------------------------------------------------------------------------------

create table finding (
    id         text        not null constraint finding_pk primary key,
    kind       text        not null,
    severity   text        not null constraint finding_severity_known check (severity in ('low', 'medium', 'high', 'critical')),
    subject    text        not null,
    message    text        not null,
    opened_at  timestamptz not null,
    closed_at  timestamptz
);
create unique index finding_open_once on finding (kind, subject) where closed_at is null;

-- Idempotency keys ---------------------------------------------------------------------------------------------------

create table idempotency_key (
    person_id   text        not null,
    key         text        not null,
    body_hash   bytea       not null,
    answer      text,
    status      integer,
    created_at  timestamptz not null,
    constraint idempotency_key_pk primary key (person_id, key)
);
create index idempotency_key_age on idempotency_key (created_at);

-- Audit --------------------------------------------------------------------------------------------------------------

create table event (
    id               text        not null,
    recorded_at      timestamptz not null,
    happened_at      timestamptz not null,
    position         bigint      generated always as identity,
    xid              xid8        not null default pg_current_xact_id(),
    source           text        not null,
    source_sequence  bigint      not null,
    class            integer     not null,
    activity         text        not null,
    outcome          text        not null constraint event_outcome_known check (outcome in ('success', 'refused', 'failure')),
    actor_person     text,
    request_id       text,
    grant_id         text,
    lease_id         text,
    session_id       text,
    target           text,
    body             bytea       not null,     -- the exact canonical bytes (RFC 8785)
    leaf_hash        bytea       not null,     -- RFC 6962, of the body
    constraint event_pk primary key (recorded_at, id)
) partition by range (recorded_at);
create index event_id on event (id);
create index event_place on event (xid, position);
create index event_activity on event (activity, recorded_at);
create index event_actor on event (actor_person, recorded_at) where actor_person is not null;
create index event_request on event (request_id) where request_id is not null;
create index event_grant on event (grant_id) where grant_id is not null;
create index event_lease on event (lease_id) where lease_id is not null;
create index event_target on event (target, recorded_at) where target is not null;
create table event_default partition of event default;

-- the values behind the commitments in the body; erasing one leaves every proof intact
create table event_personal (
    event_id  text  not null constraint event_personal_pk primary key,
    fields    jsonb not null
);

create function event_refuses_change() returns trigger language plpgsql as $$
begin
    raise exception 'events are never changed or deleted' using errcode = 'insufficient_privilege', constraint = 'event_append_only';
end $$;
create trigger event_append_only before update or delete on event for each row execute function event_refuses_change();
create trigger event_no_truncate before truncate on event for each statement execute function event_refuses_change();

create trigger event_no_truncate before truncate on event_default for each statement execute function event_refuses_change();

-- Makes the partition of a month; the run-time role may only call it. It runs as the owner, so every name is looked up
-- where the run-time role can put nothing, and the bounds of a month are those of UTC whatever the session says.
create function event_partition(month date) returns void language plpgsql security definer
        set search_path = pg_catalog, sallyport, pg_temp set timezone = 'UTC' as $$
declare
    first date := pg_catalog.date_trunc('month', month)::pg_catalog.date;
    past  date := (first + interval '1 month')::pg_catalog.date;
    name  text := 'event_' || pg_catalog.to_char(first, 'YYYY_MM');
begin
    if first < date '2020-01-01' or first > current_date + 400 then
        raise exception 'no partition for %', month;
    end if;
    perform pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('sallyport.event_partition'));
    -- a month that began in the default partition stays there
    if pg_catalog.to_regclass('sallyport.' || name) is null
            and not exists (select 1 from sallyport.event_default where recorded_at >= first and recorded_at < past) then
        execute pg_catalog.format('create table sallyport.%I partition of sallyport.event for values from (%L) to (%L)', name, first, past);
        -- the run-time role reads and writes through event alone
        execute pg_catalog.format('revoke all on sallyport.%I from ${app}', name);
        execute pg_catalog.format('create trigger event_no_truncate before truncate on sallyport.%I'
                || ' for each statement execute function sallyport.event_refuses_change()', name);
    end if;
end $$;

-- The run-time role --------------------------------------------------------------------------------------------------

grant usage on schema sallyport to ${app};
grant select, insert, update, delete on all tables in schema sallyport to ${app};
grant usage, select on all sequences in schema sallyport to ${app};
revoke update, delete, truncate on event from ${app};
revoke all on event_default from ${app};
revoke insert, update, delete, truncate on transition from ${app};
revoke delete on access_grant, lease, request, request_item, ssh_ca_key from ${app};
revoke update, delete on approval, feed from ${app};
revoke insert, delete on feed_head from ${app};
revoke all on flyway_schema_history from ${app};
revoke execute on function event_partition(date) from public;
grant execute on function event_partition(date) to ${app};
alter default privileges in schema sallyport grant select, insert, update, delete on tables to ${app};
alter default privileges in schema sallyport grant usage, select on sequences to ${app};
