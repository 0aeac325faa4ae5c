/** What the server measures of itself, for Prometheus. */
@NullMarked
package dev.sallyport.server.metrics;

import org.jspecify.annotations.NullMarked;
