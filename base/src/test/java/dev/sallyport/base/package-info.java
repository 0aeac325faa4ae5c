@NullMarked
package dev.sallyport.base;

import org.jspecify.annotations.NullMarked;
