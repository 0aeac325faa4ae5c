/** What a command stands in: streams, environment, clock, exit codes and failures. */
@NullMarked
package dev.sallyport.cli.shell;

import org.jspecify.annotations.NullMarked;
