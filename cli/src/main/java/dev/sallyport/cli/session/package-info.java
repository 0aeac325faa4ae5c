/** Sessions in the terminal: listed, watched, steered and played. */
@NullMarked
package dev.sallyport.cli.session;

import org.jspecify.annotations.NullMarked;
