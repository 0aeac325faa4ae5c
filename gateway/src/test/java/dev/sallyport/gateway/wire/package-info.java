@NullMarked
package dev.sallyport.gateway.wire;

import org.jspecify.annotations.NullMarked;
