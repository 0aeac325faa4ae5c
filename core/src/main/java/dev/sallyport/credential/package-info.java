/** CA keys, certificates and the KRL. */
@NullMarked
package dev.sallyport.credential;

import org.jspecify.annotations.NullMarked;
