-- What a watched session had shown before somebody began to watch it comes first, and is told apart from news.
alter table live_frame add column picture boolean not null default false;
