/** Canonical JSON (RFC 8785), the bytes that audit hashes are taken over. */
@NullMarked
package dev.sallyport.formats.json;

import org.jspecify.annotations.NullMarked;
