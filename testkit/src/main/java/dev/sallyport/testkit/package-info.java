/** Real programs as child processes, databases from a template, a relay that can be cut. */
@NullMarked
package dev.sallyport.testkit;

import org.jspecify.annotations.NullMarked;
