package dev.sallyport.server;

import com.fasterxml.jackson.annotation.Nulls;
import dev.sallyport.audit.Audit;
import dev.sallyport.base.Ids;
import dev.sallyport.catalog.BuiltIn;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.database.Connections;
import dev.sallyport.database.Database;
import dev.sallyport.database.DatabaseConfig;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.identity.Administration;
import dev.sallyport.identity.Enrolment;
import dev.sallyport.identity.Factors;
import dev.sallyport.identity.IdentityEnded;
import dev.sallyport.identity.Passwords;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Quarantine;
import dev.sallyport.identity.Sessions;
import dev.sallyport.identity.SetUp;
import dev.sallyport.identity.SignIn;
import dev.sallyport.identity.StepUps;
import dev.sallyport.identity.UnspentProof;
import dev.sallyport.notification.Notifications;
import dev.sallyport.server.page.Refusals;
import dev.sallyport.server.portal.PortalWiring;
import dev.sallyport.server.signin.Authenticator;
import dev.sallyport.server.signin.Forgetting;
import dev.sallyport.server.signin.SignInWiring;
import dev.sallyport.server.transport.Listener;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.web.error.ErrorPage;
import org.springframework.boot.web.error.ErrorPageRegistrar;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Joins the features; the only place that knows all of them. */
@Configuration(proxyBeanMethods = false)
@Import({
    SignInWiring.class,
    PortalWiring.class,
    AccessWiring.class,
    MeController.class,
    HealthController.class,
    ErrorPages.class,
    NoSuchPage.class,
    ApiProblems.class
})
class Wiring {
    // The floor
    // ---------------------------------------------------------------------------------------------------------

    @Bean
    Connections connections(DatabaseConfig config) {
        return new Connections(config);
    }

    @Bean
    Database database(Connections connections) {
        return new Database(connections.pool());
    }

    @Bean
    Audit audit(Database database) {
        Audit.preparePartitions(database);
        return new Audit("server:" + Ids.next("nod_"));
    }

    @Bean
    FeedFollower feed(Database database, Connections connections) {
        return new FeedFollower(database, connections);
    }

    @Bean
    KeyVault keyVault(ServerConfig config) {
        return KeyVault.open(config.rootKey());
    }

    // Identity
    // ----------------------------------------------------------------------------------------------------------

    @Bean
    Passwords passwords() {
        return new Passwords();
    }

    @Bean
    Sessions sessions(Audit audit) {
        return new Sessions(audit);
    }

    @Bean
    Quarantine quarantine(Audit audit, Sessions sessions, ObjectProvider<IdentityEnded> listeners) {
        return new Quarantine(audit, sessions, listeners.orderedStream().toList());
    }

    @Bean
    People people(Audit audit, Passwords passwords, Sessions sessions, Quarantine quarantine) {
        return new People(audit, passwords, sessions, quarantine);
    }

    @Bean
    Enrolment enrolment(Database database, Audit audit, Administration administration, ServerConfig config) {
        return new Enrolment(database, audit, administration, config.enrolmentCode());
    }

    @Bean
    Factors factors(
            Database database,
            Audit audit,
            Sessions sessions,
            Administration administration,
            Enrolment enrolment,
            KeyVault vault) {
        return new Factors(database, audit, sessions, administration, enrolment, vault);
    }

    @Bean
    StepUps stepUps(Database database, Audit audit, Factors factors) {
        return new StepUps(database, audit, factors);
    }

    @Bean
    SignIn signIn(Database database, Audit audit, Passwords passwords, Factors factors) {
        return new SignIn(database, audit, passwords, factors);
    }

    @Bean
    BuiltIn builtIn(Database database, Audit audit) {
        var builtIn = new BuiltIn(audit);
        builtIn.ensureTarget(database);
        return builtIn;
    }

    @Bean
    SetUp setUp(Database database, Audit audit, People people, BuiltIn builtIn) {
        return new SetUp(database, audit, people, builtIn);
    }

    // HTTP
    // --------------------------------------------------------------------------------------------------------------

    @Bean
    Listener listener(ServerConfig config) {
        return new Listener(config);
    }

    @Bean
    RateLimits rateLimits(ServerConfig config) {
        return new RateLimits(config.limits(), System::nanoTime);
    }

    @Bean
    FilterRegistrationBean<RequestLimits> requestLimits(RateLimits rates, Refusals refusals, ServerConfig config) {
        var registration = new FilterRegistrationBean<>(new RequestLimits(rates, refusals, config));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    @Bean
    FilterRegistrationBean<IncidentMessagePath> incidentMessagePath(ApiProblems problems) {
        var registration = new FilterRegistrationBean<>(new IncidentMessagePath(problems));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        return registration;
    }

    @Bean
    ApiAuthentication apiAuthentication(Authenticator authenticator, RateLimits rates, ApiProblems problems) {
        return new ApiAuthentication(authenticator, rates, problems);
    }

    /** It stands in the chain of the API only. */
    @Bean
    FilterRegistrationBean<ApiAuthentication> apiAuthenticationNotEverywhere(ApiAuthentication filter) {
        var registration = new FilterRegistrationBean<>(filter);
        registration.setEnabled(false);
        return registration;
    }

    @Bean
    WebMvcConfigurer callers() {
        return new WebMvcConfigurer() {
            @Override
            public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                resolvers.add(new FromFilter(Caller.class, Caller.ATTRIBUTE));
                resolvers.add(new FromFilter(UnspentProof.class, FromFilter.PROOF));
            }
        };
    }

    @Bean
    ErrorPageRegistrar errorPages() {
        return registry -> registry.addErrorPages(new ErrorPage("/error"));
    }

    @Bean
    JsonMapperBuilderCustomizer json() {
        return Wiring::strict;
    }

    private static void strict(JsonMapper.Builder json) {
        json.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(LogicalType.Textual, text -> {
                    text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                    text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                    text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                })
                .changeDefaultNullHandling(nulls -> nulls.withContentNulls(Nulls.FAIL));
    }

    @Bean
    Running running(
            Database database,
            FeedFollower feed,
            Listener listener,
            Forgetting forgetting,
            Notifications notifications) {
        return new Running(database, feed, listener, forgetting, notifications);
    }
}
