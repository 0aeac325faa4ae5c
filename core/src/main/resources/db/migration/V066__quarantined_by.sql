-- Who put somebody into quarantine; nobody for what was imposed before this was known.
alter table person add column quarantined_by text;
