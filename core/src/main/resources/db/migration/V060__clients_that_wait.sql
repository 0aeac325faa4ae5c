-- a client that listens on loopback waits for a person's word: under the hash of its state, in the browser that was sent there
alter table oauth_grant
    add column state_hash   bytea constraint oauth_grant_state_unique unique,
    add column client_state text,
    add column asked_in     text;
create index oauth_grant_asked_in on oauth_grant (asked_in) where asked_in is not null;
