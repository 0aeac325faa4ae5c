/**
 * Break-glass kits: an emergency authority whose private key exists as shares alone, the shares as files and on paper, and
 * the record of a use. The form is described in docs/reference/breakglass-format.md.
 */
@NullMarked
package dev.sallyport.formats.breakglass;

import org.jspecify.annotations.NullMarked;
