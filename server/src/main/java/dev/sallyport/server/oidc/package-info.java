/** The relying party: sends browsers to OpenID providers and checks what comes back. Knows no persons. */
@NullMarked
package dev.sallyport.server.oidc;

import org.jspecify.annotations.NullMarked;
