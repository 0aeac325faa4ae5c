/** The server as the command line sees it: profile, tokens, proofs of possession, calls. */
@NullMarked
package dev.sallyport.cli.api;

import org.jspecify.annotations.NullMarked;
