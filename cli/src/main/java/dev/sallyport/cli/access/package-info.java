/** Asking, deciding, holding and ending access. */
@NullMarked
package dev.sallyport.cli.access;

import org.jspecify.annotations.NullMarked;
