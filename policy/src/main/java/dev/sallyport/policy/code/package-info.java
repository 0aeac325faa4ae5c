/**
 * Policy as code: documents in, a checked set of rules out, and decisions by it. Nothing here reads a file, a clock or the
 * network, so that the same code decides, explains, tests and decides history again.
 */
@NullMarked
package dev.sallyport.policy.code;

import org.jspecify.annotations.NullMarked;
