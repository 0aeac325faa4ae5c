package dev.sallyport.server;

import dev.sallyport.base.Secret;
import dev.sallyport.database.Connections;
import dev.sallyport.database.DatabaseConfig;
import dev.sallyport.database.Schema;
import dev.sallyport.identity.SetUp;
import dev.sallyport.server.ServerConfig.Store;
import dev.sallyport.server.transport.Listener;
import java.net.URI;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** A server in this process: ready when {@link #start} returns, gone when {@link #close} does. */
public final class RunningServer implements AutoCloseable {
    private final ServerConfig config;
    private final @Nullable EmbeddedStore store;
    private final ConfigurableApplicationContext context;

    private RunningServer(ServerConfig config, @Nullable EmbeddedStore store, ConfigurableApplicationContext context) {
        this.config = config;
        this.store = store;
        this.context = context;
    }

    /**
     * Starts the database if it is ours, brings the schema up to date and opens the listener.
     *
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    public static RunningServer start(ServerConfig config) {
        EmbeddedStore store =
                config.database() instanceof Store.Embedded embedded ? EmbeddedStore.start(embedded.dir()) : null;
        try {
            DatabaseConfig connection = switch (config.database()) {
                case Store.Embedded _ -> java.util.Objects.requireNonNull(store).connection();
                case Store.External external -> external.connection();
            };
            Schema.migrate(
                    connection.url(),
                    connection.owner(),
                    connection.ownerPassword().reveal(),
                    connection.user());
            check(connection);
            return new RunningServer(config, store, run(config, connection));
        } catch (RuntimeException e) {
            if (store != null) {
                store.close();
            }
            throw e;
        }
    }

    private static void check(DatabaseConfig connection) {
        try {
            Connections.check(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "database.url: cannot be used as " + connection.user() + ": " + e.getMessage(), e);
        }
    }

    public URI url() {
        return config.url();
    }

    /** The certificate authority of our own, if there is one. */
    public Optional<String> caPem() {
        return context.getBean(Listener.class).caPem();
    }

    /** The one-time link for the first administrator, while there is none. */
    public Optional<Secret> setUpLink() {
        return context.getBean(SetUp.class)
                .newLink()
                .map(token -> Secret.of(config.url() + "/setup?token=" + token.reveal()));
    }

    /** A feature of this server, for programs that hold it in their process. */
    public <T> T feature(Class<T> type) {
        return context.getBean(type);
    }

    /** Lets running requests finish, then stops everything that was started. */
    @Override
    public void close() {
        context.close();
        if (store != null) {
            store.close();
        }
    }

    private static ConfigurableApplicationContext run(ServerConfig config, DatabaseConfig connection) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.SERVLET)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .properties(Map.of(
                        "spring.threads.virtual.enabled", true,
                        "spring.jmx.enabled", false,
                        "spring.lifecycle.timeout-per-shutdown-phase",
                                config.gateway().drain().plusSeconds(20).toSeconds() + "s",
                        "spring.web.resources.add-mappings", false,
                        // only POST carries forms, and the container reads those
                        "spring.mvc.formcontent.filter.enabled", false,
                        "spring.main.log-startup-info", false))
                .initializers((GenericApplicationContext context) -> {
                    context.registerBean(ServerConfig.class, () -> config);
                    context.registerBean(DatabaseConfig.class, () -> connection);
                })
                .run();
    }
}
