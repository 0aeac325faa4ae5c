/** Decisions: facts and now go in, a decision with its trace comes out; no I/O. */
@NullMarked
package dev.sallyport.policy;

import org.jspecify.annotations.NullMarked;
