-- Policies as documents of the catalogue: the draft of the next set ------------------------------------------------------

create table policy (
    id          text        not null constraint policy_pk primary key,
    name        text        not null constraint policy_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);
create table policy_calendar (
    id          text        not null constraint policy_calendar_pk primary key,
    name        text        not null constraint policy_calendar_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);
create table policy_freeze (
    id          text        not null constraint policy_freeze_pk primary key,
    name        text        not null constraint policy_freeze_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);
create table policy_constants (
    id          text        not null constraint policy_constants_pk primary key,
    name        text        not null constraint policy_constants_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);

-- Sets: what was frozen from the draft, named by its content, and which of them decides ------------------------------------

create table policy_set (
    hash        text        not null constraint policy_set_pk primary key,
    documents   jsonb       not null,
    rules       int         not null,
    created_at  timestamptz not null
);

create table policy_stage (
    number      bigint      generated always as identity constraint policy_stage_pk primary key,
    stage       text        not null constraint policy_stage_known check (stage in ('shadow', 'enforced')),
    hash        text        constraint policy_stage_set_fk references policy_set,
    person_id   text,
    person_name text        not null,
    reason      text        not null,
    at          timestamptz not null
);
create index policy_stage_now on policy_stage (stage, number desc);

grant select, insert, update, delete on policy, policy_calendar, policy_freeze, policy_constants to ${app};
revoke update, delete on policy_set, policy_stage from ${app};
grant select, insert on policy_set, policy_stage to ${app};

-- Whose word an item needs, stage by stage ---------------------------------------------------------------------------------

create table approval_stage (
    item_id           text    not null constraint approval_stage_item_fk references request_item,
    number            int     not null,
    position          int     not null constraint approval_stage_position_positive check (position > 0),
    state             text    not null constraint approval_stage_state_known
                              check (state in ('waiting', 'open', 'done', 'passed')),
    needed            int     not null constraint approval_stage_needed_positive check (needed > 0),
    groups            text[]  not null,
    people            text[]  not null,
    escalate_after_ms bigint,
    escalate_groups   text[]  not null,
    escalate_people   text[]  not null,
    opened_at         timestamptz,
    escalates_at      timestamptz,
    escalated_at      timestamptz,
    constraint approval_stage_pk primary key (item_id, number),
    constraint approval_stage_opened check ((state = 'waiting') = (opened_at is null))
);
create index approval_stage_due on approval_stage (escalates_at) where state = 'open' and escalated_at is null;
insert into transition (entity, from_state, to_state) values
    ('approval_stage', 'waiting', 'open'), ('approval_stage', 'open', 'done'), ('approval_stage', 'open', 'passed');
create trigger approval_stage_transition before update on approval_stage for each row execute function check_transition();
grant select, insert, update, delete on approval_stage to ${app};

insert into approval_stage (item_id, number, position, state, needed, groups, people, escalate_groups, escalate_people, opened_at)
select i.id, 1, 1, case i.state when 'approved' then 'done' else 'open' end, coalesce((i.decision ->> 'approvals_needed')::int, 1),
       array[i.decision ->> 'approver_group'], '{}', '{}', '{}', r.created_at
  from request_item i join request r on r.id = i.request_id
 where i.decision ->> 'approver_group' is not null;

alter table approval add column stage int not null default 1;

-- What another set would have said, and when what runs is judged again --------------------------------------------------------

alter table request_item add column policy_hash text;
alter table request_item add column shadow jsonb;
create index request_item_shadow on request_item (id) where shadow is not null;
create table grant_judging (
    grant_id  text        not null constraint grant_judging_pk primary key constraint grant_judging_grant_fk references access_grant,
    judge_at  timestamptz not null
);
create index grant_judging_due on grant_judging (judge_at);
grant select, insert, update, delete on grant_judging to ${app};
