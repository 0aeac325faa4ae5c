/** Sessions through gateways: who gets in, what is known of them, and how they are watched and steered. */
@NullMarked
package dev.sallyport.session;

import org.jspecify.annotations.NullMarked;
