/** The catalogue: files applied as a whole, and single objects. */
@NullMarked
package dev.sallyport.cli.catalog;

import org.jspecify.annotations.NullMarked;
