/** Bytes that outlive us: SSH certificates, KRLs, signatures, canonical JSON; no I/O. */
@NullMarked
package dev.sallyport.formats;

import org.jspecify.annotations.NullMarked;
