-- Gateways -----------------------------------------------------------------------------------------------------------

create table gateway (
    id                text        not null constraint gateway_pk primary key,
    name              text        not null constraint gateway_name_unique unique,
    labels            jsonb       not null default '{}',   -- only targets that carry all of these
    built_in          boolean     not null,                 -- runs inside a server
    created_at        timestamptz not null,
    withdrawn_at      timestamptz
);

-- when each was last heard, and how many orders it was given: a row that its words keep up to date
create table gateway_contact (
    gateway_id  text        not null constraint gateway_contact_pk primary key
                            constraint gateway_contact_gateway_fk references gateway on delete cascade,
    seen_at     timestamptz not null,
    orders      bigint      not null default 0
);

-- one run of one gateway, and the last of its reports that is durable
create table gateway_source (
    source      text   not null constraint gateway_source_pk primary key,
    gateway_id  text   not null,
    sequence    bigint not null
);

-- Getting in ---------------------------------------------------------------------------------------------------------

-- a handshake that was shown: it belongs to the gateway that showed it first, and opens one session
create unlogged table handshake (
    hash        bytea       not null constraint handshake_pk primary key,
    gateway_id  text        not null,
    session_id  text,
    shown_at    timestamptz not null
);
create index handshake_age on handshake (shown_at);

create table permit (
    id              text        not null constraint permit_pk primary key,
    gateway_id      text        not null,
    person_id       text        not null,
    grant_id        text        not null,
    login           text        not null,
    client_address  text        not null,
    handshake_hash  bytea,
    link_hash       bytea,
    expires_at      timestamptz not null,
    session_id      text                    -- the session it was used for
);
create index permit_age on permit (expires_at);

-- a link by which somebody signs in for a terminal; link and code are stored as their SHA-256
create table sign_in_link (
    link_hash       bytea       not null constraint sign_in_link_pk primary key,
    gateway_id      text        not null,
    target          text        not null,
    login           text,
    client_address  text        not null,
    client_version  text        not null,
    key_fingerprint text,
    person_id       text,
    epoch           bigint,
    code_hash       bytea,
    guesses         integer     not null default 0,
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    redeemed_at     timestamptz,
    session_id      text
);
create index sign_in_link_age on sign_in_link (expires_at);
create index sign_in_link_from on sign_in_link (client_address, created_at);

-- a key that was proved in the handshake of somebody who signed in by a link, good from that address for minutes
create table proved_key (
    fingerprint     text        not null,
    client_address  text        not null,
    person_id       text        not null constraint proved_key_person_fk references person on delete cascade,
    epoch           bigint      not null,
    expires_at      timestamptz not null,
    constraint proved_key_pk primary key (fingerprint, client_address)
);
create index proved_key_age on proved_key (expires_at);

-- Sessions -----------------------------------------------------------------------------------------------------------

insert into transition (entity, from_state, to_state) values
    ('session', 'open', 'closed'),
    ('recording', 'pending', 'complete'), ('recording', 'pending', 'cut short'), ('recording', 'pending', 'missing'),
    ('recording', 'missing', 'complete'), ('recording', 'missing', 'cut short'), ('recording', 'cut short', 'complete');

create table session (
    id              text        not null constraint session_pk primary key,
    state           text        not null constraint session_state_known check (state in ('open', 'closed')),
    gateway_id      text        not null constraint session_gateway_fk references gateway,
    grant_id        text        not null constraint session_grant_fk references access_grant,
    request_id      text        not null,
    person_id       text        not null constraint session_person_fk references person,
    target_id       text        not null,
    target_name     text        not null,
    login           text        not null,
    client_address  text        not null,
    client_version  text        not null,
    terms           jsonb       not null,
    started_at      timestamptz not null,
    ends_at         timestamptz not null,
    ended_at        timestamptz,
    end_reason      text,
    end_detail      text,
    bytes_in        bigint      not null default 0,
    bytes_out       bigint      not null default 0,
    paused          boolean     not null default false,
    constraint session_end_said check ((state = 'closed') = (ended_at is not null)),
    constraint session_end_reasoned check ((state = 'closed') = (end_reason is not null))
);
create index session_open on session (gateway_id) where state = 'open';
create index session_grant on session (grant_id);
create index session_person on session (person_id, id);
create index session_target on session (target_name, id);
create trigger session_transition before update on session for each row execute function check_transition();

create table recording_key (
    id            text        not null constraint recording_key_pk primary key,
    state         text        not null constraint recording_key_state_known check (state in ('active', 'retired')),
    public_key    bytea       not null constraint recording_key_public_length check (length(public_key) = 32),
    private_key   bytea       not null,     -- X25519, wrapped by the root key, bound to table, id and purpose
    created_at    timestamptz not null,
    retired_at    timestamptz
);
create unique index recording_key_one_active on recording_key ((true)) where state = 'active';

create table recording (
    session_id   text        not null constraint recording_pk primary key constraint recording_session_fk references session,
    state        text        not null constraint recording_state_known
                             check (state in ('pending', 'complete', 'cut short', 'missing', 'off')),
    key_id       text        constraint recording_key_fk references recording_key,
    location     text,
    chunks       bigint      not null default 0,
    bytes        bigint      not null default 0,
    duration_ms  bigint      not null default 0,
    sha256       text,
    gaps         jsonb       not null default '[]',
    closed_at    timestamptz,
    constraint recording_key_said check (state = 'off' or key_id is not null)
);
create index recording_pending on recording (session_id) where state = 'pending';
create trigger recording_transition before update on recording for each row execute function check_transition();

-- what was shown, in pieces, for searching; grams are numbers of its triples of characters
create table recording_text (
    session_id  text    not null constraint recording_text_session_fk references session on delete cascade,
    piece       bigint  not null,
    offset_ms   bigint  not null,
    lead        text    not null,     -- the end of the piece before, so that what lies across the two is found
    body        text    not null,
    grams       integer[] not null,
    constraint recording_text_pk primary key (session_id, piece)
);
create index recording_text_grams on recording_text using gin (grams);

-- the order in which things were told, over all sources
create sequence session_place;
grant usage, select on sequence session_place to ${app};

create table session_command (
    session_id   text        not null constraint session_command_session_fk references session on delete cascade,
    place        bigint      not null,
    at           timestamptz not null,
    channel      integer     not null,
    command      text        not null,
    exact        boolean     not null,
    exit_status  integer,
    pattern      text,
    blocked      boolean     not null default false,
    constraint session_command_pk primary key (session_id, place)
);

create table session_file (
    session_id  text        not null constraint session_file_session_fk references session on delete cascade,
    place       bigint      not null,
    at          timestamptz not null,
    channel     integer     not null,
    operation   text        not null,
    path        text        not null,
    bytes       bigint      not null,
    sha256      text,
    constraint session_file_pk primary key (session_id, place)
);

-- Watching and steering ----------------------------------------------------------------------------------------------

create table gateway_order (
    gateway_id  text        not null constraint gateway_order_gateway_fk references gateway on delete cascade,
    sequence    bigint      not null,
    session_id  text        not null,
    what        jsonb       not null,
    at          timestamptz not null,
    constraint gateway_order_pk primary key (gateway_id, sequence)
);
create index gateway_order_age on gateway_order (at);

-- who watches what right now; the row ends by itself
create table watch (
    session_id  text        not null,
    person_id   text        not null,
    until       timestamptz not null,
    constraint watch_pk primary key (session_id, person_id)
);

-- what watched sessions showed in the last minute
create unlogged table live_frame (
    id          bigint      generated always as identity constraint live_frame_pk primary key,
    session_id  text        not null,
    at          timestamptz not null,
    offset_ms   bigint      not null,
    channel     integer     not null,
    columns     integer     not null,
    rows        integer     not null,
    output      bytea       not null
);
create index live_frame_session on live_frame (session_id, id);
create index live_frame_age on live_frame (at);

revoke delete on session, recording, recording_key, session_command, session_file from ${app};
revoke update on session_command, session_file from ${app};
