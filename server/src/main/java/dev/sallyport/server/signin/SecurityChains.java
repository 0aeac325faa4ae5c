package dev.sallyport.server.signin;

import dev.sallyport.server.HttpRefusal;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.server.page.Look;
import dev.sallyport.server.page.Policies;
import dev.sallyport.server.page.Refusals;
import jakarta.servlet.Filter;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.annotation.web.configurers.oauth2.server.authorization.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeRequestAuthenticationProvider;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/** Three chains: the authorization server, the API, and everything else, which is pages. */
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class SecurityChains {
    private static final Duration HSTS = Duration.ofDays(365);

    private final ServerConfig config;

    private final Look look;

    SecurityChains(ServerConfig config, Look look) {
        this.config = config;
        this.look = look;
    }

    @Bean
    @Order(1)
    SecurityFilterChain authorizationServer(
            HttpSecurity http,
            Clients clients,
            Authorizations authorizations,
            Tokens tokens,
            WebSessions sessions,
            SavedRequests saved) {
        var publicClients = new PublicClients(clients);
        var server = new OAuth2AuthorizationServerConfigurer();
        common(http);
        return http.securityMatcher(
                        "/oauth2/authorize",
                        "/oauth2/token",
                        "/oauth2/revoke",
                        "/oauth2/jwks",
                        "/oauth2/device_authorization",
                        "/.well-known/oauth-authorization-server")
                .with(
                        server,
                        oauth -> oauth.registeredClientRepository(clients)
                                .authorizationService(authorizations)
                                .tokenGenerator(tokens)
                                .clientAuthentication(client -> client.authenticationConverter(publicClients)
                                        .authenticationProvider(publicClients))
                                .authorizationEndpoint(endpoint -> endpoint.consentPage(config.url() + ClientPages.PATH)
                                        .authenticationProviders(SecurityChains::alwaysAsk))
                                .deviceAuthorizationEndpoint(
                                        device -> device.verificationUri(config.url() + "/activate")))
                .securityContext(context -> context.securityContextRepository(sessions))
                .requestCache(cache -> cache.requestCache(saved))
                .exceptionHandling(handling -> handling.authenticationEntryPoint((_, response, _) -> {
                    // relative: where a Host header pointed decides nothing
                    response.setStatus(302);
                    response.setHeader("Location", look.to("/login"));
                }))
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .build();
    }

    /** A person says yes to a client each time: what they said before does not count. */
    private static void alwaysAsk(List<AuthenticationProvider> providers) {
        for (AuthenticationProvider provider : providers) {
            if (provider instanceof OAuth2AuthorizationCodeRequestAuthenticationProvider requests) {
                requests.setAuthorizationConsentRequired(_ -> true);
            }
        }
    }

    @Bean
    @Order(2)
    SecurityFilterChain api(HttpSecurity http, @Qualifier("apiAuthentication") Filter authentication) {
        common(http);
        return http.securityMatcher("/api/**")
                .csrf(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .securityContext(AbstractHttpConfigurer::disable)
                .servletApi(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .sessionManagement(AbstractHttpConfigurer::disable)
                .exceptionHandling(AbstractHttpConfigurer::disable)
                // who calls is decided by our own filter, which refuses everybody it does not know: nothing else is
                // needed
                .addFilterAfter(authentication, HeaderWriterFilter.class)
                .build();
    }

    @Bean
    @Order(3)
    SecurityFilterChain pages(HttpSecurity http, WebSessions sessions, Cookies cookies, Refusals refusals) {
        common(http);
        return http.csrf(csrf -> csrf.csrfTokenRepository(tokens(cookies))
                        .ignoringRequestMatchers(request -> request.getRequestURI()
                                        .equals("/setup")
                                && String.valueOf(request.getContentType()).startsWith("application/json")))
                .securityContext(context -> context.securityContextRepository(sessions))
                .requestCache(AbstractHttpConfigurer::disable)
                .exceptionHandling(handling -> handling.accessDeniedHandler((request, response, _) -> refusals.write(
                        request,
                        response,
                        HttpRefusal.FORGED.because(
                                "this form was not made for you, or is too old", "load the page again and resend"))))
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    private void common(HttpSecurity http) {
        http.sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .logout(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .anonymous(anonymous -> {})
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(Policies.PAGES))
                        .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny)
                        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER))
                        .httpStrictTransportSecurity(
                                hsts -> hsts.maxAgeInSeconds(HSTS.toSeconds()).includeSubDomains(false)));
    }

    private static CookieCsrfTokenRepository tokens(Cookies cookies) {
        var repository = new CookieCsrfTokenRepository();
        repository.setCookieName(cookies.name("form"));
        repository.setCookiePath("/");
        repository.setCookieCustomizer(
                cookie -> cookie.httpOnly(true).secure(cookies.secure()).sameSite("Lax"));
        return repository;
    }
}
