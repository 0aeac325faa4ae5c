/** policy check, test and explain: what needs no server. */
@NullMarked
package dev.sallyport.cli.policy;

import org.jspecify.annotations.NullMarked;
