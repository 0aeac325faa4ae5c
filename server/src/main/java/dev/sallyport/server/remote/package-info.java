/** Gateways outside of servers: their certificates and the listener they speak to. */
@NullMarked
package dev.sallyport.server.remote;

import org.jspecify.annotations.NullMarked;
