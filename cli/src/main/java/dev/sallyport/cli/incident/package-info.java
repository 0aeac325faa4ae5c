/** Incidents: {@code incidents …}. */
@NullMarked
package dev.sallyport.cli.incident;

import org.jspecify.annotations.NullMarked;
