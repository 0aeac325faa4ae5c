/** SSH with certificates, through the OpenSSH client that is already there. */
@NullMarked
package dev.sallyport.cli.ssh;

import org.jspecify.annotations.NullMarked;
