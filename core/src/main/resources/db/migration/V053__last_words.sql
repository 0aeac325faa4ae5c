-- What the rules of the day said when an item got its last word, beside what they said when it was asked for.
alter table request_item add column last_word jsonb;
