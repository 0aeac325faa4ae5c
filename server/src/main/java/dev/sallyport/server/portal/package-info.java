/**
 * The portal: pages for people in a browser. It shows and does what the API shows and does, by calling it as whoever is
 * signed in; no rule lives here.
 */
@org.jspecify.annotations.NullMarked
package dev.sallyport.server.portal;
