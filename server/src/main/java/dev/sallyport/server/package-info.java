/** The server: configuration, wiring, HTTP API. */
@NullMarked
package dev.sallyport.server;

import org.jspecify.annotations.NullMarked;
