package dev.sallyport.formats.recording;

/**
 * What somebody says the chain of a recording was after so many chunks: needs no key to be checked.
 *
 * @param chain in hexadecimal; anything else is never right
 */
public record ChainAt(long chunks, String chain) {}
