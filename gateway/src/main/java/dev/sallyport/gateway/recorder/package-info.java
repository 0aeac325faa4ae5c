/**
 * The recorder: a spool that every event of a session is written to before anybody sees it, closing of what a crash left
 * open, and shipping to where recordings are kept. Needs only the recording's public key.
 */
@NullMarked
package dev.sallyport.gateway.recorder;

import org.jspecify.annotations.NullMarked;
