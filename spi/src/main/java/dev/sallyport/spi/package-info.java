/** What a kind of target implements, over leases and not over our domain. */
@NullMarked
package dev.sallyport.spi;

import org.jspecify.annotations.NullMarked;
