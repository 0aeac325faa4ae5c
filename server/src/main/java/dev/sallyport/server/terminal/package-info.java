/** Terminals in browsers: SSH clients that the server holds for people, through a gateway like any other client. */
@NullMarked
package dev.sallyport.server.terminal;

import org.jspecify.annotations.NullMarked;
