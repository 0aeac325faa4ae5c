/** Things somebody should look at. */
@NullMarked
package dev.sallyport.finding;

import org.jspecify.annotations.NullMarked;
