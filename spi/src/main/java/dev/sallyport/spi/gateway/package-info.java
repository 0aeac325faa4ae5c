/** What a gateway asks of the control plane: plain records that travel as JSON, no callbacks. */
@NullMarked
package dev.sallyport.spi.gateway;

import org.jspecify.annotations.NullMarked;
