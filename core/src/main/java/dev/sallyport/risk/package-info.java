/** How unusual what somebody asks is, and why (RI1). */
@NullMarked
package dev.sallyport.risk;

import org.jspecify.annotations.NullMarked;
