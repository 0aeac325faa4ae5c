package dev.sallyport.server.portal;

/** Where in a recording a command was run. */
public record Jump(long seconds, String at, String command) {}
