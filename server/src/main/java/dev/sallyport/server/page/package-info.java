/** What all pages share: where the product stands, what browsers may do on a page, and templates. */
@NullMarked
package dev.sallyport.server.page;

import org.jspecify.annotations.NullMarked;
