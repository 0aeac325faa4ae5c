/** Incidents: told by people and by sources, worked on by persons of our directory, and what is granted for them. */
@NullMarked
package dev.sallyport.incident;

import org.jspecify.annotations.NullMarked;
