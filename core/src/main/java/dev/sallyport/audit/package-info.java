/** The audit log: one event per state change, in its transaction, as exact canonical bytes. */
@NullMarked
package dev.sallyport.audit;

import org.jspecify.annotations.NullMarked;
