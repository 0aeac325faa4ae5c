/** OpenSSH's bytes: keys, certificates, revocation lists and detached signatures. Nothing here does I/O or keeps a clock. */
@NullMarked
package dev.sallyport.formats.ssh;

import org.jspecify.annotations.NullMarked;
