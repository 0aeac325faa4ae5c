-- Gateways outside of servers. They come in over mutual TLS, by certificates of an authority of their own.

-- that authority: X.509, its private key wrapped; retired ones still count until what they signed has expired
create table gateway_authority (
    id           text        not null constraint gateway_authority_pk primary key,
    state        text        not null constraint gateway_authority_state_known check (state in ('active', 'retired')),
    certificate  bytea       not null,
    private_key  bytea       not null,
    created_at   timestamptz not null
);
create unique index gateway_authority_one_active on gateway_authority ((true)) where state = 'active';

-- the key that a gateway enrolled with, by the SHA-256 of its public half; its certificates are for this key alone
alter table gateway add column key_hash bytea constraint gateway_key_hash_length check (length(key_hash) = 32);

-- the host name people connect to, which its host certificate is for: said by whoever prepared it, never by the gateway
alter table gateway add column address text;

-- what lets a gateway enrol, once and for a quarter of an hour
create table gateway_token (
    hash        bytea       not null constraint gateway_token_pk primary key
                            constraint gateway_token_hash_length check (length(hash) = 32),
    gateway_id  text        not null constraint gateway_token_gateway_fk references gateway on delete cascade,
    expires_at  timestamptz not null
);
create index gateway_token_gateway on gateway_token (gateway_id);

revoke delete on gateway_authority from ${app};

-- The administrator that set-up made holds every right; those of sessions joined without it
update role
   set spec = jsonb_set(spec, '{rights}', (select jsonb_agg(name order by name)
         from (select jsonb_array_elements_text(spec -> 'rights') as name
               union select unnest(array['gateway.enroll', 'session.read-all', 'session.steer', 'session.view'])) as rights)),
       version = version + 1
 where name = 'administrator' and managed_by = 'set-up' and jsonb_typeof(spec -> 'rights') = 'array';
