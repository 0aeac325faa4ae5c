package dev.sallyport.server.signin;

import dev.sallyport.database.Actor;
import dev.sallyport.identity.Login;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A sign-in, in the framework's terms; its name is the person's id. */
final class SignedIn extends AbstractAuthenticationToken {
    private static final long serialVersionUID = 1;

    private final transient Login login;
    private final String session;

    SignedIn(Login login, String session) {
        super(List.of());
        this.login = login;
        this.session = session;
        setAuthenticated(true);
    }

    Login login() {
        return login;
    }

    /** Who does something in this session, for the log. */
    Actor actor(String address) {
        return new Actor(login.person().value(), login.identity().value(), login.name(), address, session);
    }

    /** The id of the session that it is. */
    String session() {
        return session;
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
        return other instanceof SignedIn signedIn && login.equals(signedIn.login) && session.equals(signedIn.session);
    }

    @Override
    public int hashCode() {
        return session.hashCode();
    }
}
