/** The only way to the database: transactions that hold state and its events together. */
@NullMarked
package dev.sallyport.database;

import org.jspecify.annotations.NullMarked;
