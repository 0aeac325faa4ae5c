/** A whole installation to try out: server, database, people, real SSH servers, and a tour through all of it. */
@NullMarked
package dev.sallyport.server.demo;

import org.jspecify.annotations.NullMarked;
