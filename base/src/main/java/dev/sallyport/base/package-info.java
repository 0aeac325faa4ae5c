/** What every other module stands on: ids, secrets, refusals, labels, durations. JDK and JSpecify only. */
@NullMarked
package dev.sallyport.base;

import org.jspecify.annotations.NullMarked;
