package dev.sallyport.server;

import dev.sallyport.audit.Audit;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.database.Database;
import dev.sallyport.server.remote.GatewayAdmission;
import dev.sallyport.server.remote.RemoteListener;
import dev.sallyport.session.GatewayAuthorities;
import dev.sallyport.session.GatewayCertificates;
import dev.sallyport.session.GatewaySessions;
import dev.sallyport.session.RemoteGateways;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Joins what gateways outside of servers need. */
@Configuration(proxyBeanMethods = false)
class RemoteWiring {
    @Bean
    RemoteGateways remoteGateways(Database database, Audit audit) {
        return new RemoteGateways(database, audit);
    }

    @Bean
    GatewayAdmission gatewayAdmission(
            Database database,
            Audit audit,
            KeyVault vault,
            RemoteGateways remotes,
            GatewayCertificates certificates,
            ServerConfig config) {
        return new GatewayAdmission(
                new GatewayAuthorities(database, audit, vault), remotes, certificates, database, config.remote());
    }

    @Bean
    RemoteListener remoteListener(GatewayAdmission admission, GatewaySessions sessions) {
        return new RemoteListener(admission, sessions);
    }
}
