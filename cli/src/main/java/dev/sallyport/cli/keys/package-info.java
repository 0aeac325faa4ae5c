/** What is wrong with this installation, and what to do. */
@NullMarked
package dev.sallyport.cli.keys;

import org.jspecify.annotations.NullMarked;
