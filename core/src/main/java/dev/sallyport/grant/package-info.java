/** Grants and leases, and how they end. */
@NullMarked
package dev.sallyport.grant;

import org.jspecify.annotations.NullMarked;
