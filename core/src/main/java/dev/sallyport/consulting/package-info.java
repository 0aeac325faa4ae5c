/** Decision services: programs that are asked by webhook, signed both ways, and whose word or silence decides a stage. */
@NullMarked
package dev.sallyport.consulting;

import org.jspecify.annotations.NullMarked;
