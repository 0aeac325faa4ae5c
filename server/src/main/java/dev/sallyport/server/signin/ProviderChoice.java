package dev.sallyport.server.signin;

/** A provider on the sign-in page; public because the page's template reads it. */
public record ProviderChoice(String label, String path) {}
