-- What somebody may ask for on the few targets of a type is found without reading the many of others.
create index target_type_name on target (type, name);
