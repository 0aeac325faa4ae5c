/** Effective deny as one ordered feed that every node follows. */
@NullMarked
package dev.sallyport.feed;

import org.jspecify.annotations.NullMarked;
