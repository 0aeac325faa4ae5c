/** Break-glass kits: made here, opened here without any server, and reconciled when the server is back. */
@NullMarked
package dev.sallyport.cli.breakglass;

import org.jspecify.annotations.NullMarked;
