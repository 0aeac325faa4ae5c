package dev.sallyport.base;

/** The id of one kind of thing: a type of its own, so that two kinds cannot be mixed up. */
public interface Id {
    String value();
}
