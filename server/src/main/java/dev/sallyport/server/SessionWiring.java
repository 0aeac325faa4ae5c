package dev.sallyport.server;

import dev.sallyport.audit.Audit;
import dev.sallyport.base.Secret;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.credential.SshAuthorities;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.database.Database;
import dev.sallyport.feed.FeedFollower;
import dev.sallyport.finding.Findings;
import dev.sallyport.gateway.recorder.RecordingStore;
import dev.sallyport.grant.GatewayGrants;
import dev.sallyport.request.Requests;
import dev.sallyport.server.gateway.BuiltInGateway;
import dev.sallyport.server.metrics.Measures;
import dev.sallyport.session.GatewayCertificates;
import dev.sallyport.session.GatewaySessions;
import dev.sallyport.session.Gateways;
import dev.sallyport.session.RecordingKeys;
import dev.sallyport.session.SessionDuty;
import dev.sallyport.session.SignInLinks;
import dev.sallyport.session.StoredSecrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Joins what sessions through gateways need. */
@Configuration(proxyBeanMethods = false)
class SessionWiring {
    private static final int SECRET_MAX = 16 * 1_024;

    @Bean
    RecordingKeys recordingKeys(Database database, Audit audit, KeyVault vault) {
        var keys = new RecordingKeys(database, audit, vault);
        keys.createMissing();
        return keys;
    }

    @Bean
    Gateways gateways(Database database, Audit audit) {
        return new Gateways(database, audit);
    }

    @Bean
    SignInLinks signInLinks(Database database, Audit audit, ServerConfig config) {
        return new SignInLinks(database, audit, config.url());
    }

    @Bean
    GatewayGrants gatewayGrants(Audit audit, SshAuthorities authorities) {
        return new GatewayGrants(audit, new SshCertificates(authorities));
    }

    @Bean
    GatewayCertificates gatewayCertificates(Database database, Audit audit, SshAuthorities authorities) {
        return new GatewayCertificates(database, audit, new SshCertificates(authorities));
    }

    @Bean
    GatewaySessions gatewaySessions(
            Database database,
            Audit audit,
            FeedFollower feed,
            Gateways gateways,
            GatewayGrants grants,
            Requests requests,
            SignInLinks links,
            ServerConfig config,
            RecordingKeys keys) {
        return new GatewaySessions(
                database,
                audit,
                feed,
                gateways,
                grants,
                requests,
                links,
                secrets(config.data().resolve("secrets")),
                keys);
    }

    @Bean
    BuiltInGateway builtInGateway(
            ServerConfig config,
            Gateways gateways,
            GatewaySessions sessions,
            GatewayCertificates certificates,
            RecordingStore store,
            Measures measures) {
        return new BuiltInGateway(
                config,
                gateways,
                sessions,
                certificates,
                store,
                measures.gateway(config.gateway().spool()));
    }

    @Bean
    SessionDuty sessionDuty(Database database, Audit audit) {
        return new SessionDuty(database, audit, new Findings(audit));
    }

    /** Files of one folder, read at every use; documents name a file there and never a path. */
    static StoredSecrets secrets(Path folder) {
        return name -> {
            Path file = folder.resolve(name);
            try {
                if (!folder.equals(file.getParent()) || !Files.isRegularFile(file) || Files.size(file) > SECRET_MAX) {
                    return Optional.empty();
                }
                String text = Files.readString(file);
                String secret = text.startsWith("-----BEGIN") ? text : text.strip();
                return secret.isEmpty() ? Optional.empty() : Optional.of(Secret.of(secret));
            } catch (IOException _) {
                return Optional.empty();
            }
        };
    }
}
