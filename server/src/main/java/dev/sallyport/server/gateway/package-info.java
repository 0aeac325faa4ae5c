/** The SSH gateway inside the server: the same program as {@code sallyport gateway}, without the network between. */
@NullMarked
package dev.sallyport.server.gateway;

import org.jspecify.annotations.NullMarked;
