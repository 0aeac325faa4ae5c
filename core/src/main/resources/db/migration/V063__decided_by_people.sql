-- How long people usually take is asked of a role's last decisions by people; of a role that is granted at once there are
-- thousands without any.
drop index request_item_role_decided;
create index request_item_role_decided on request_item (role_id, decided_at desc)
 where state in ('approved', 'denied') and decision ->> 'effect' = 'approval';
