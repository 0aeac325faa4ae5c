-- What happens where nobody answered after the others were asked too: granted as an emergency to those a policy names ---------

alter table approval_stage add column fallback_after_ms bigint;
alter table approval_stage add column fallback_groups text[] not null default '{}';
alter table approval_stage add column fallback_at timestamptz;          -- when it is due; nothing once it is settled
alter table approval_stage add column fell_back_at timestamptz;
alter table approval_stage add constraint approval_stage_fallback
    check ((fallback_after_ms is null) = (fallback_groups = '{}') and (fell_back_at is null or fallback_after_ms is not null));
create index approval_stage_fallback_due on approval_stage (fallback_at) where fallback_at is not null;
