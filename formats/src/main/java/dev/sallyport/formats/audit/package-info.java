/** Hashes that an audit proof rests on: leaves of the log and salted commitments to personal fields. */
@NullMarked
package dev.sallyport.formats.audit;

import org.jspecify.annotations.NullMarked;
