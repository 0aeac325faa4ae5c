package dev.sallyport.server.signin;

import dev.sallyport.identity.Login;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A sign-in, in the framework's terms; its name is the person's id. */
final class SignedIn extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1;

    private final transient Login login;

    SignedIn(Login login) {
        super(List.of());
        this.login = login;
        setAuthenticated(true);
    }

    Login login() {
        return login;
    }

    @Override
    public String getName() {
        return login.person().value();
    }

    @Override
    public Object getPrincipal() {
        return getName();
    }

    @Override
    public @Nullable Object getCredentials() {
        return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SignedIn signedIn && login.equals(signedIn.login);
    }

    @Override
    public int hashCode() {
        return login.hashCode();
    }
}
