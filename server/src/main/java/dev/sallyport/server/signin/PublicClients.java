package dev.sallyport.server.signin;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.web.authentication.AuthenticationConverter;

/**
 * Names the client where it has neither secret nor code verifier: when it refreshes, polls for a device, or revokes. What
 * it presents there (a token, a device code, a proof of possession) is checked by what comes after; the framework's own
 * converter handles authorization codes, where PKCE is demanded.
 */
final class PublicClients implements AuthenticationConverter, AuthenticationProvider {
    private static final Set<String> GRANTS =
            Set.of(AuthorizationGrantType.REFRESH_TOKEN.getValue(), AuthorizationGrantType.DEVICE_CODE.getValue());

    private final Clients clients;

    PublicClients(Clients clients) {
        this.clients = clients;
    }

    private static final class Named extends OAuth2ClientAuthenticationToken {
        private static final long serialVersionUID = 1;

        Named(String clientId) {
            super(clientId, ClientAuthenticationMethod.NONE, null, null);
        }
    }

    @Override
    public @Nullable Authentication convert(HttpServletRequest request) {
        boolean meant = switch (request.getRequestURI()) {
            case "/oauth2/token" -> {
                String grant = request.getParameter("grant_type");
                yield grant != null && GRANTS.contains(grant);
            }
            case "/oauth2/device_authorization", "/oauth2/revoke" -> true;
            default -> false;
        };
        String[] ids = request.getParameterValues("client_id");
        if (!meant || ids == null || ids.length != 1 || request.getHeader("Authorization") != null) {
            return null;
        }
        return new Named(ids[0]);
    }

    @Override
    public @Nullable Authentication authenticate(Authentication authentication) {
        if (!(authentication instanceof Named named)) {
            return null;
        }
        RegisteredClient client = clients.findByClientId(named.getName());
        if (client == null) {
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
        }
        return new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null);
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return OAuth2ClientAuthenticationToken.class.isAssignableFrom(authentication);
    }
}
