package dev.sallyport.formats.document;

/** Where something stands in a file; line and column count from 1. */
public record Place(String file, int line, int column) {}
