-- What somebody owns is found without reading every target.
create index target_owner on target ((spec ->> 'owner'), name);
