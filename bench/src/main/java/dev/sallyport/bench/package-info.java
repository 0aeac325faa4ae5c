/** Measures the product: a server in a process of its own, load from another, CPU time of server and database apart. */
@NullMarked
package dev.sallyport.bench;

import org.jspecify.annotations.NullMarked;
