-- Rotating keys --------------------------------------------------------------------------------------------------------

-- when the key began to sign; unknown for those that did before this was kept
alter table ssh_ca_key add column activated_at timestamptz;

-- which statement of keys the host has taken over; null: it does not say, so it may lack the newest
alter table krl_confirmation add column keys_version bigint;
