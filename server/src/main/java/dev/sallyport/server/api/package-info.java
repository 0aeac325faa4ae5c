/** The HTTP API, one class per feature: reads the call, asks the feature's door, shows the answer. */
@NullMarked
package dev.sallyport.server.api;

import org.jspecify.annotations.NullMarked;
