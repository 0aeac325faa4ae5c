-- Refusals and failures are few and looked for often; without this a search for them reads the whole log.
create index event_not_success on event (outcome, recorded_at) where outcome <> 'success';
