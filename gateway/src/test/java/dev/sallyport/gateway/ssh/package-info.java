@NullMarked
package dev.sallyport.gateway.ssh;

import org.jspecify.annotations.NullMarked;
