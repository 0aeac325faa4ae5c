-- An item of a request for the same window again and again has a window of its own.
alter table request_item add column starts_at timestamptz;
