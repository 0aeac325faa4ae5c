/** TLS with an authority of our own, limits, headers. */
@NullMarked
package dev.sallyport.server.transport;

import org.jspecify.annotations.NullMarked;
