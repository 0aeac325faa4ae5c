-- Sign-in providers --------------------------------------------------------------------------------------------------

create table oidc_provider (
    id          text        not null constraint oidc_provider_pk primary key,
    name        text        not null constraint oidc_provider_name_unique unique,
    spec        jsonb       not null,
    managed_by  text        not null,
    version     bigint      not null default 1,
    created_at  timestamptz not null
);
grant select, insert, update, delete on oidc_provider to ${app};

-- What may not be deleted while somebody names it ------------------------------------------------------------------------

create index approval_approver on approval (approver_id);
create index access_grant_role on access_grant (role_id) where state in ('scheduled', 'active', 'ending');
