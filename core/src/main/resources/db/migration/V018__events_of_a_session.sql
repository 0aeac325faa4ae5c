-- everything about one session is looked for by its id
create index event_session on event (session_id) where session_id is not null;
