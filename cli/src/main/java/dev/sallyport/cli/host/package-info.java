/** Sets hosts up as enrolled, from here: looks, shows every change, makes it or puts everything back. */
@NullMarked
package dev.sallyport.cli.host;

import org.jspecify.annotations.NullMarked;
