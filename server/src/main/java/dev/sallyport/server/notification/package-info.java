/** Carries notifications: mail over SMTP, webhooks over HTTP, and what they look like. */
@NullMarked
package dev.sallyport.server.notification;

import org.jspecify.annotations.NullMarked;
