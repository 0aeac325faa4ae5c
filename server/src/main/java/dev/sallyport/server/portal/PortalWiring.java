package dev.sallyport.server.portal;

import dev.sallyport.audit.Seen;
import dev.sallyport.database.Database;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.server.RateLimits;
import dev.sallyport.server.ServerConfig;
import dev.sallyport.server.page.Look;
import dev.sallyport.server.page.Pages;
import dev.sallyport.server.signin.SavedRequests;
import dev.sallyport.server.signin.WebSessions;
import dev.sallyport.server.terminal.TerminalSocket;
import dev.sallyport.server.terminal.Terminals;
import dev.sallyport.session.GatewayCertificates;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/** Every page of the portal, by name. */
@Configuration(proxyBeanMethods = false)
@Import({
    Assets.class,
    Live.class,
    HomePages.class,
    AskPages.class,
    RequestPages.class,
    GrantPages.class,
    SessionPages.class,
    SessionViewPages.class,
    TerminalPages.class,
    AuditPages.class,
    GovernPages.class,
    CatalogPages.class,
    DocumentPages.class,
    QuarantinePages.class,
    WaitingPages.class,
    PolicyPages.class,
    MePages.class,
    FactorPages.class,
    OwnPasskeyPages.class,
    DelegationPages.class,
    DashboardPages.class,
    SettingsPages.class,
    KitPages.class,
    ConnectionPages.class,
    HelpPages.class,
    PalettePages.class,
    IdPages.class,
    PortalRefusals.class
})
public class PortalWiring {
    /** The handlers are asked for only when a page is shown: the door stands before them while they are made. */
    @Bean
    Portal portal(
            ObjectProvider<RequestMappingHandlerMapping> mapping,
            ObjectProvider<RequestMappingHandlerAdapter> adapter,
            @Qualifier("handlerExceptionResolver") ObjectProvider<HandlerExceptionResolver> problems,
            JsonMapper json,
            RateLimits rates,
            Look look,
            Pages pages,
            ServerConfig config,
            Database database) {
        return new Portal(
                new Api(mapping::getObject, adapter::getObject, problems::getObject, json),
                rates,
                look,
                pages,
                config.url(),
                () -> database.read(Seen::now));
    }

    @Bean
    Terminals terminals(GatewayCertificates certificates, ServerConfig config, FeedFollower feed) {
        return new Terminals(certificates, config, feed);
    }

    @Bean
    TerminalSocket terminalSocket(Terminals terminals, JsonMapper json, WebSessions sessions) {
        return new TerminalSocket(terminals, json, sessions::used);
    }

    @Bean
    Door door(WebSessions sessions, SavedRequests saved, Portal portal) {
        return new Door(sessions, saved, portal);
    }
}
