/**
 * Files of documents: YAML read into trees that know their places, and held against shapes. The catalogue and policies are
 * both written so, and the command line reads the latter without a server.
 */
@NullMarked
package dev.sallyport.formats.document;

import org.jspecify.annotations.NullMarked;
