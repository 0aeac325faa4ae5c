/** What was told, and the channels by which. */
@NullMarked
package dev.sallyport.cli.notification;

import org.jspecify.annotations.NullMarked;
