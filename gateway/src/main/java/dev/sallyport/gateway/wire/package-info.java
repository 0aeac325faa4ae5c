/** The words between gateway and control plane on the wire: JSON over mutual TLS. */
@NullMarked
package dev.sallyport.gateway.wire;

import org.jspecify.annotations.NullMarked;
