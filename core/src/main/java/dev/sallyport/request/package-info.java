/** Requests, decisions and approvals. */
@NullMarked
package dev.sallyport.request;

import org.jspecify.annotations.NullMarked;
