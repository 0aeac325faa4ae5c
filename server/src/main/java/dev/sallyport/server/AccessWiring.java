package dev.sallyport.server;

import dev.sallyport.audit.Audit;
import dev.sallyport.breakglass.Kits;
import dev.sallyport.breakglass.Reconciling;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.catalog.CatalogObjects;
import dev.sallyport.catalog.ProvidersOfIssuer;
import dev.sallyport.catalog.Rejudging;
import dev.sallyport.credential.CaPurpose;
import dev.sallyport.credential.Hosts;
import dev.sallyport.credential.KeyStatement;
import dev.sallyport.credential.KeyVault;
import dev.sallyport.credential.RevocationList;
import dev.sallyport.credential.SshAuthorities;
import dev.sallyport.credential.SshCertificates;
import dev.sallyport.credential.SshLeases;
import dev.sallyport.credential.StaleHosts;
import dev.sallyport.database.Database;
import dev.sallyport.decision.Decisions;
import dev.sallyport.decision.PolicySets;
import dev.sallyport.finding.Findings;
import dev.sallyport.grant.GrantWorker;
import dev.sallyport.grant.Grants;
import dev.sallyport.grant.Reach;
import dev.sallyport.grant.SshAccess;
import dev.sallyport.identity.Administration;
import dev.sallyport.identity.Identities;
import dev.sallyport.identity.PasswordResets;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Sessions;
import dev.sallyport.request.Approving;
import dev.sallyport.request.Requests;
import dev.sallyport.review.Reviews;
import dev.sallyport.server.api.ApiControllers;
import dev.sallyport.server.metrics.Measures;
import dev.sallyport.server.metrics.MetricsWiring;
import dev.sallyport.session.SessionDuty;
import dev.sallyport.session.SessionLeases;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Joins what the product is for: catalogue, requests, grants, credentials, and the duties that end things. */
@Configuration(proxyBeanMethods = false)
@Import({ApiControllers.class, MetricsWiring.class, SessionWiring.class, RecordingStores.class, RemoteWiring.class})
class AccessWiring {
    @Bean
    SshAuthorities sshAuthorities(Database database, Audit audit, KeyVault vault) {
        var authorities = new SshAuthorities(database, audit, vault);
        authorities.createMissing();
        authorities.signing(CaPurpose.TARGET); // a root key that does not open what is stored stops the start
        return authorities;
    }

    @Bean
    RevocationList revocationList(Database database, SshAuthorities authorities) {
        return new RevocationList(database, authorities);
    }

    @Bean
    KeyStatement keyStatement(Database database, SshAuthorities authorities) {
        return new KeyStatement(database, authorities);
    }

    @Bean
    Hosts hosts(Database database, Audit audit, SshAuthorities authorities) {
        return new Hosts(database, audit, authorities);
    }

    @Bean
    Kits breakglassKits(Database database, Audit audit) {
        return new Kits(database, audit, new Findings(audit));
    }

    @Bean
    Reconciling reconciling(Database database, Audit audit, Kits kits) {
        return new Reconciling(database, audit, new Findings(audit), kits);
    }

    @Bean
    Grants grants(Database database, Audit audit) {
        return new Grants(database, audit);
    }

    @Bean
    SshAccess sshAccess(Database database, Audit audit, SshAuthorities authorities) {
        return new SshAccess(database, audit, new SshCertificates(authorities));
    }

    @Bean
    PolicySets policySets(Database database, Audit audit, Grants grants) {
        return new PolicySets(database, audit, grants);
    }

    @Bean
    Decisions decisions(PolicySets sets) {
        return new Decisions(sets);
    }

    @Bean
    Reviews reviews(Database database, Audit audit) {
        return new Reviews(database, audit, new Findings(audit));
    }

    @Bean
    Requests requests(Database database, Audit audit, Decisions decisions, Grants grants, Reviews reviews) {
        return new Requests(database, audit, decisions, grants, reviews);
    }

    @Bean
    Approving approving(
            Database database, Audit audit, Requests requests, Decisions decisions, Grants grants, Reviews reviews) {
        return new Approving(database, audit, requests, decisions, grants, reviews);
    }

    @Bean
    CatalogChanges catalogChanges(Database database, Audit audit, People people, Grants grants) {
        return new CatalogChanges(database, audit, people, grants);
    }

    @Bean
    CatalogObjects catalogObjects(Audit audit, People people, Grants grants) {
        return new CatalogObjects(audit, people, grants);
    }

    @Bean
    Administration administration() {
        return new Reach();
    }

    @Bean
    Identities identities(Audit audit, People people, Sessions sessions, Grants grants, Administration administration) {
        return new Identities(audit, people, sessions, new Rejudging(grants), new ProvidersOfIssuer(), administration);
    }

    @Bean
    PasswordResets passwordResets(Database database, Audit audit, People people, Administration administration) {
        return new PasswordResets(database, audit, people, administration);
    }

    @Bean
    Duties duties(
            Database database,
            Audit audit,
            Decisions decisions,
            Requests requests,
            Measures measures,
            SessionDuty sessions,
            Reviews reviews) {
        var worker = new GrantWorker(
                database,
                audit,
                new Findings(audit),
                decisions,
                List.of(new SshLeases(database), new SessionLeases(database)));
        return new Duties(Map.of(
                "grants",
                worker::runOnce,
                "reviews",
                reviews::watch,
                "requests",
                () -> requests.escalateDue() + requests.expireDue(),
                "measures",
                measures::readOn,
                "sessions",
                sessions::watch,
                "hosts",
                new StaleHosts(database, new Findings(audit))::watch));
    }
}
