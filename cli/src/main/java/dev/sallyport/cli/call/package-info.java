/** Calls of the API as they are. */
@NullMarked
package dev.sallyport.cli.call;

import org.jspecify.annotations.NullMarked;
