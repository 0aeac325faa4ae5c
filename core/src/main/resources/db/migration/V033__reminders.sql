-- Approvers are reminded, and a stage says when nobody could be told that it waits
alter table approval_stage add column reminded int not null default 0;
alter table approval_stage add column remind_at timestamptz;
alter table approval_stage add column untold_at timestamptz;
alter table approval_stage add column untold_why text
    constraint approval_stage_untold_why_known check (untold_why in ('no channel', 'not delivered'));
alter table approval_stage add constraint approval_stage_untold check ((untold_at is null) = (untold_why is null));
create index approval_stage_remind on approval_stage (remind_at) where state = 'open' and remind_at is not null;

-- those that wait already are reminded from now on
update approval_stage s set remind_at = s.opened_at + interval '15 minutes'
  from request_item i
 where i.id = s.item_id and i.state = 'pending' and s.state = 'open';
