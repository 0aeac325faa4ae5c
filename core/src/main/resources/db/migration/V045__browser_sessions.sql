-- A browser that signs in starts a sign-in session like every other client: it stands in lists, ends with the others and is
-- told to all nodes by the feed. web_session keeps what its cookie hashes to, and until when it may be idle.
-- Rows of nodes that still run the earlier version name no session; for this version they are signed out.

alter table web_session add column session_id text constraint web_session_session_fk references sign_in_session on delete cascade;
create unique index web_session_session on web_session (session_id);

alter table sign_in_session add column client_address text;
alter table sign_in_session add column user_agent text;

alter table sign_in_session drop constraint sign_in_session_end_reason_known;
alter table sign_in_session add constraint sign_in_session_end_reason_known check (end_reason in
    ('signed out', 'revoked', 'token reuse', 'password changed', 'disabled', 'quarantined', 'identity unlinked',
     'factor reset', 'idle'));
