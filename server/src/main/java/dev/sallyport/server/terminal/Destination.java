package dev.sallyport.server.terminal;

import dev.sallyport.base.GrantId;

/** Where a terminal leads, under which grant. */
public record Destination(GrantId grant, String target, String login) {}
