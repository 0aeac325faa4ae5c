/** SSH: in, out, and what passes between. */
@NullMarked
package dev.sallyport.gateway.ssh;

import org.jspecify.annotations.NullMarked;
