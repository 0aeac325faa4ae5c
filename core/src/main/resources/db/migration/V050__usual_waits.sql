-- How long people have lately taken to decide about a role: its last decisions, without looking at all of them.
create index request_item_role_decided on request_item (role_id, decided_at desc) where state in ('approved', 'denied');
