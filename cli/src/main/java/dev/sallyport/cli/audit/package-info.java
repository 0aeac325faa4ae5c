/** Reading the audit log and findings. */
@NullMarked
package dev.sallyport.cli.audit;

import org.jspecify.annotations.NullMarked;
