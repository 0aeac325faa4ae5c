alter table request add column break_glass boolean not null default false;

-- What somebody has to look at because a grant was given; a person whose emergency waits for its review breaks no glass alone
create table review (
    id           text        not null constraint review_pk primary key,
    emergency    boolean     not null,
    person_id    text        not null constraint review_person_fk references person,
    request_id   text        not null constraint review_request_fk references request,
    grant_id     text        not null constraint review_grant_fk references access_grant,
    opened_at    timestamptz not null,
    due_at       timestamptz not null,
    overdue_at   timestamptz,
    closed_at    timestamptz,
    reviewer_id  text        constraint review_reviewer_fk references person,
    verdict      text        constraint review_verdict_known check (verdict in ('justified', 'not justified')),
    comment      text,
    constraint review_closed_said check ((closed_at is null) = (verdict is null)
                                         and (closed_at is null) = (reviewer_id is null)),
    constraint review_by_somebody_else check (reviewer_id is null or reviewer_id <> person_id)
);
create unique index review_one_open on review (grant_id) where closed_at is null;
create index review_open on review (person_id) where closed_at is null;
create index review_due on review (due_at) where closed_at is null and overdue_at is null;
create index review_emergencies on review (opened_at) where emergency;
grant select, insert, update on review to ${app};
revoke delete on review from ${app};

-- The administrator that set-up made holds every right
update role
   set spec = jsonb_set(spec, '{rights}', (select jsonb_agg(name order by name)
         from (select jsonb_array_elements_text(spec -> 'rights') as name
               union select unnest(array['policy.enforce', 'policy.read', 'review.decide'])) as rights)),
       version = version + 1
 where name = 'administrator' and managed_by = 'set-up' and jsonb_typeof(spec -> 'rights') = 'array';
