-- How often the people of a stage are reminded is theirs; what an older server puts here is reminded as usual
alter table approval_stage add column remind_every_ms bigint;
alter table approval_stage add column reminders int;
alter table approval_stage add constraint approval_stage_reminders
    check ((remind_every_ms is null) = (reminders is null) and remind_every_ms > 0 and reminders >= 0);
