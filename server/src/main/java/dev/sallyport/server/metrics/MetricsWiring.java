package dev.sallyport.server.metrics;

import dev.sallyport.audit.Audit;
import dev.sallyport.database.Connections;
import dev.sallyport.database.Database;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.server.ServerConfig;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/** Joins the measures with the rest. */
@Configuration(proxyBeanMethods = false)
@Import(MetricsController.class)
public class MetricsWiring {
    @Bean
    Measures measures(Database database, Audit audit, FeedFollower feed, Connections connections, ServerConfig config) {
        return new Measures(database, audit, feed, connections.pool(), config.emergencies());
    }

    @Bean
    FilterRegistrationBean<RequestTimer> requestTimer(Measures measures) {
        var registration = new FilterRegistrationBean<>(new RequestTimer(measures));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }
}
