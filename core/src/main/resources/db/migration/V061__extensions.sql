-- what a grant was given for is looked up whenever it is judged again, among the extensions of it too
create index request_extends on request (extends) where extends is not null;
