/** What every verb shares: the global options and the way to the server. */
@NullMarked
package dev.sallyport.cli.verb;

import org.jspecify.annotations.NullMarked;
