-- Where people reach a gateway that is not inside a server; servers tell clients.

alter table gateway add column port integer not null default 2222
    constraint gateway_port_is_a_port check (port between 1 and 65535);
