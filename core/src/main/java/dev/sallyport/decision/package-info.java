/** Which policies decide, what they are asked, and what they say. */
@NullMarked
package dev.sallyport.decision;

import org.jspecify.annotations.NullMarked;
