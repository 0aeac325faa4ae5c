-- Break-glass, offline. Private keys of kits exist as shares alone, and never here.

-- authorities that hosts trust for an emergency; once distrusted for good
create table emergency_ca (
    id             text        not null constraint emergency_ca_pk primary key,   -- of its kit
    public_key     text        not null constraint emergency_ca_key_unique unique,
    fingerprint    text        not null constraint emergency_ca_fingerprint_unique unique,
    trusted_at     timestamptz,
    distrusted_at  timestamptz,
    version        bigint      -- feed version at which it joined the revocation list
);

create table breakglass_kit (
    id            text        not null constraint breakglass_kit_pk primary key
                              constraint breakglass_kit_ca_fk references emergency_ca,
    name          text        not null constraint breakglass_kit_name_unique unique,
    state         text        not null constraint breakglass_kit_state_known
                              check (state in ('proposed', 'trusted', 'retired', 'compromised')),
    threshold     integer     not null,
    custodians    text[]      not null,
    created_at    timestamptz not null,
    created_by    text        not null constraint breakglass_kit_creator_fk references person,
    confirmed_by  text        constraint breakglass_kit_confirmer_fk references person,
    ended_at      timestamptz,
    constraint breakglass_kit_threshold_sound check (threshold between 2 and cardinality(custodians) and cardinality(custodians) <= 255),
    constraint breakglass_kit_two_people check (confirmed_by is null or confirmed_by <> created_by),
    constraint breakglass_kit_trusted_by_two check (state <> 'trusted' or confirmed_by is not null),
    constraint breakglass_kit_end_timed check ((state in ('retired', 'compromised')) = (ended_at is not null))
);
create trigger breakglass_kit_transition before update on breakglass_kit for each row execute function check_transition();
insert into transition (entity, from_state, to_state) values
    ('breakglass_kit', 'proposed', 'trusted'), ('breakglass_kit', 'proposed', 'retired'),
    ('breakglass_kit', 'proposed', 'compromised'), ('breakglass_kit', 'trusted', 'retired'),
    ('breakglass_kit', 'trusted', 'compromised'), ('breakglass_kit', 'retired', 'compromised');

-- uses of opened kits, as their signed records say
create table breakglass_use (
    id            text        not null constraint breakglass_use_pk primary key,
    kit_id        text        not null constraint breakglass_use_kit_fk references breakglass_kit,
    record        text        not null,
    handed_in_at  timestamptz not null
);
create index breakglass_use_kit on breakglass_use (kit_id);

-- logins by certificates of kits, as the hosts' logs say; without a use it is nobody's word but the host's
create table breakglass_login (
    kit_id      text        not null constraint breakglass_login_kit_fk references breakglass_kit,
    serial      text        not null,
    target      text        not null,
    at          timestamptz not null,
    address     text        not null,
    login       text        not null,
    key_id      text        not null,
    public_key  text        not null,
    use_id      text        constraint breakglass_login_use_fk references breakglass_use,
    constraint breakglass_login_pk primary key
                (kit_id, serial, target, at, address, login, key_id, public_key)
);
create index breakglass_login_use on breakglass_login (use_id);

revoke delete on emergency_ca, breakglass_kit, breakglass_login from ${app};
revoke update, delete on breakglass_use from ${app};

-- The administrator that set-up made holds every right
update role
   set spec = jsonb_set(spec, '{rights}', (select jsonb_agg(name order by name)
         from (select jsonb_array_elements_text(spec -> 'rights') as name
               union select unnest(array['breakglass.kit', 'breakglass.read', 'breakglass.reconcile'])) as rights)),
       version = version + 1
 where name = 'administrator' and managed_by = 'set-up' and jsonb_typeof(spec -> 'rights') = 'array';
