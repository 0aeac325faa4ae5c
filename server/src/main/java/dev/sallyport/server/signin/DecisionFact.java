package dev.sallyport.server.signin;

/** One line of what somebody asks for, as the page shows it. */
public record DecisionFact(String label, String value) {}
