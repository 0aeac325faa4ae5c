-- Whose right to decide another holds for a time: used only where its owner could decide, and never passed on ----------------

create table delegation (
    id          text        not null constraint delegation_pk primary key,
    from_id     text        not null constraint delegation_from_fk references person,
    to_id       text        not null constraint delegation_to_fk references person,
    starts_at   timestamptz not null,
    until_at    timestamptz not null,
    role_id     text,                    -- only items of this role, or on this target
    target_id   text,
    reason      text        not null,
    created_at  timestamptz not null,
    ended_at    timestamptz,             -- when somebody ended it before its time
    constraint delegation_to_another check (from_id <> to_id),
    constraint delegation_window check (until_at > starts_at)
);
create index delegation_to on delegation (to_id, until_at) where ended_at is null;
create index delegation_from on delegation (from_id, until_at) where ended_at is null;
grant select, insert, update on delegation to ${app};
revoke delete on delegation from ${app};

-- for whom somebody said it; each of them counts once, whoever says it for them
alter table approval add column seat_id text constraint approval_seat_fk references person
    constraint approval_for_another check (seat_id <> approver_id);
