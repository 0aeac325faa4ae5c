-- Which eligibilities have ended by their own time, and that what rested on them was ended with them.
create table eligibility_lapse (
    eligibility_id text        not null constraint eligibility_lapse_pk primary key
                               constraint eligibility_lapse_eligibility_fk references eligibility on delete cascade,
    until          text        not null,
    at             timestamptz not null
);
grant select, insert, update, delete on eligibility_lapse to ${app};
create index eligibility_until on eligibility ((spec ->> 'until')) where spec ->> 'until' is not null;
