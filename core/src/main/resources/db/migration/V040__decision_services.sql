-- Programs whose word stages of policies want ------------------------------------------------------------------------------

create table decision_service (
    id          text        not null constraint decision_service_pk primary key,
    name        text        not null constraint decision_service_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);

-- The key that both sides sign with: wrapped by the root key, and bound to the destination it was given for
create table decision_service_secret (
    service      text        not null constraint decision_service_secret_pk primary key,
    sealed       bytea       not null,
    destination  text        not null,
    set_at       timestamptz not null
);

-- A stage may wait for a service instead of people, and says what the service's silence means
alter table approval_stage add column service text;
alter table approval_stage add column escalates_unheard boolean not null default false;
alter table approval_stage add column asked boolean not null default false;      -- the service has its question, or needs none
alter table approval_stage add column unheard_at timestamptz;           -- when the service was given up, and others decide
alter table approval_stage add constraint approval_stage_service_alone
    check (service is null or (groups = '{}' and people = '{}' and needed = 1));
alter table approval_stage add constraint approval_stage_unheard
    check (unheard_at is null or (service is not null and escalates_unheard));
create index approval_stage_unasked on approval_stage (opened_at) where state = 'open' and service is not null and not asked;

-- Who gave a word is a person or a service
alter table approval drop constraint approval_once_per_person;
alter table approval alter column approver_id drop not null;
alter table approval add constraint approval_once_per_person unique (item_id, approver_id);
alter table approval add column service text;
alter table approval add constraint approval_by_somebody check (num_nonnulls(approver_id, service) = 1);
alter table approval add constraint approval_by_service check (service is null or (seat_id is null and duration_ms is null));
create unique index approval_once_per_service on approval (item_id, stage) where service is not null;

-- What a service is asked, once for each stage: the same bytes and the same nonce in every attempt
create table decision_question (
    item_id          text        not null,
    stage            int         not null,
    id               text        not null constraint decision_question_id_unique unique,
    service          text        not null,
    request_id       text        not null constraint decision_question_request_fk references request,
    nonce            text        not null,
    hash             text        not null,                 -- SHA-256 of the question, in hexadecimal
    question         text,                                 -- forgotten when it is settled
    state            text        not null constraint decision_question_state_known
                                 check (state in ('waiting', 'answered', 'unanswered', 'moot')),
    attempts         int         not null default 0,
    next_attempt_at  timestamptz not null,
    settled_at       timestamptz,
    last_error       text,
    constraint decision_question_pk primary key (item_id, stage),
    constraint decision_question_stage_fk foreign key (item_id, stage) references approval_stage,
    constraint decision_question_settled check ((state = 'waiting') = (settled_at is null)),
    constraint decision_question_forgotten check ((state = 'waiting') = (question is not null))
);
create index decision_question_due on decision_question (next_attempt_at) where state = 'waiting';
insert into transition (entity, from_state, to_state) values
    ('decision_question', 'waiting', 'answered'), ('decision_question', 'waiting', 'unanswered'),
    ('decision_question', 'waiting', 'moot');
create trigger decision_question_transition before update on decision_question
    for each row execute function check_transition();

grant select, insert, update, delete on decision_service, decision_service_secret to ${app};
grant select, insert, update on decision_question to ${app};
revoke delete on decision_question from ${app};

-- The administrator that set-up made holds every right
update role
   set spec = jsonb_set(spec, '{rights}', (select jsonb_agg(name order by name)
         from (select jsonb_array_elements_text(spec -> 'rights') as name
               union select 'decision-service.write') as rights)),
       version = version + 1
 where name = 'administrator' and managed_by = 'set-up' and jsonb_typeof(spec -> 'rights') = 'array';
