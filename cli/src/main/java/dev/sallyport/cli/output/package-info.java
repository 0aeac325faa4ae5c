/** How answers are shown: tables, JSON, YAML and times. */
@NullMarked
package dev.sallyport.cli.output;

import org.jspecify.annotations.NullMarked;
