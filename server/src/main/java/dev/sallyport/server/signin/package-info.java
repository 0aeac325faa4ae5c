/** Sign-in for browsers and clients: pages, web sessions, OAuth 2.0, tokens. */
@NullMarked
package dev.sallyport.server.signin;

import org.jspecify.annotations.NullMarked;
