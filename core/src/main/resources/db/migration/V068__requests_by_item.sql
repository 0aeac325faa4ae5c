-- Requests are listed by the role and by the target of their items.
create index request_item_target_name on request_item (target_name);
create index request_item_role_name on request_item (role_name);
