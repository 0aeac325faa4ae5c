-- A grant that ended before its time came was never anybody's, and its review is not owed.
alter table access_grant add column never_began boolean not null default false;

alter table review drop constraint review_verdict_known;
alter table review add constraint review_verdict_known check (verdict in ('justified', 'not justified', 'never began'));
alter table review drop constraint review_closed_said;
alter table review add constraint review_closed_said
    check ((closed_at is null) = (verdict is null)
           and (reviewer_id is null) = (closed_at is null or verdict = 'never began'));
