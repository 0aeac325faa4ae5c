/** An embedded, real PostgreSQL as a child process. */
@NullMarked
package dev.sallyport.postgres;

import org.jspecify.annotations.NullMarked;
