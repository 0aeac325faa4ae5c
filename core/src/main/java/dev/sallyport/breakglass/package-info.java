/** Break-glass without a server: kits that hosts trust, what they were opened for, and what hosts saw of it. */
@NullMarked
package dev.sallyport.breakglass;

import org.jspecify.annotations.NullMarked;
