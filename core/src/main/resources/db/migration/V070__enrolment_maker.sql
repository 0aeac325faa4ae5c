-- Who made a code for a first second factor, which ends with its maker's right to act; nobody: the server.
-- Codes of before do not say who made them, so they are made again.
delete from enrolment where code_hash is not null;
alter table enrolment add column maker_id text constraint enrolment_maker_fk references person on delete cascade;
create index enrolment_maker on enrolment (maker_id);
