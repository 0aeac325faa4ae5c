-- Commands are found by their text over all sessions (SE8); those of before have no numbers, and are looked at one by one.
alter table session_command add column grams integer[];
create index session_command_grams on session_command using gin (grams);
create index session_command_unnumbered on session_command (session_id, place) where grams is null;
