@NullMarked
package dev.sallyport.catalog;

import org.jspecify.annotations.NullMarked;
