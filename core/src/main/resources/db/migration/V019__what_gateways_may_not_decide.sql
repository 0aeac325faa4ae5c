-- a key proved to one gateway counts at that gateway only
delete from proved_key;
alter table proved_key add column gateway_id text not null default '';
alter table proved_key drop constraint proved_key_pk;
alter table proved_key add constraint proved_key_pk primary key (fingerprint, client_address, gateway_id);

-- a recording that was given up as cut short and never arrived is missing
insert into transition (entity, from_state, to_state) values ('recording', 'cut short', 'missing');
create index recording_not_here on recording (session_id) where location is null and state in ('pending', 'cut short');
create index session_overdue on session (ends_at) where state = 'open';
