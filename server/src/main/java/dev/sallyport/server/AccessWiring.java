package dev.sallyport.server;

import dev.sallyport.audit.Audit;
import dev.sallyport.breakglass.Kits;
import dev.sallyport.breakglass.Reconciling;
import dev.sallyport.catalog.CatalogChanges;
import dev.sallyport.catalog.CatalogObjects;
import dev.sallyport.catalog.CompiledPolicies;
import dev.sallyport.catalog.ProvidersOfIssuer;
import dev.sallyport.catalog.Rejudging;
import dev.sallyport.consulting.DecisionServices;
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
import dev.sallyport.grant.HeldFacts;
import dev.sallyport.grant.Reach;
import dev.sallyport.grant.SshAccess;
import dev.sallyport.identity.Administration;
import dev.sallyport.identity.Identities;
import dev.sallyport.identity.PasswordResets;
import dev.sallyport.identity.People;
import dev.sallyport.identity.Sessions;
import dev.sallyport.incident.Deliveries;
import dev.sallyport.incident.Incidents;
import dev.sallyport.notification.Notifications;
import dev.sallyport.request.Approving;
import dev.sallyport.request.Delegations;
import dev.sallyport.request.Favourites;
import dev.sallyport.request.Requests;
import dev.sallyport.request.ServiceWords;
import dev.sallyport.review.ApproverWatch;
import dev.sallyport.review.Reviews;
import dev.sallyport.risk.Risk;
import dev.sallyport.server.api.ApiControllers;
import dev.sallyport.server.metrics.Measures;
import dev.sallyport.server.metrics.MetricsWiring;
import dev.sallyport.server.notification.Carriers;
import dev.sallyport.server.notification.QuestionLine;
import dev.sallyport.session.SessionDuty;
import dev.sallyport.session.SessionLeases;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntSupplier;
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
    CompiledPolicies compiledPolicies() {
        return new CompiledPolicies();
    }

    @Bean
    PolicySets policySets(Database database, Audit audit, Grants grants, CompiledPolicies compiled) {
        return new PolicySets(database, audit, grants, compiled);
    }

    @Bean
    Risk risk(ServerConfig config) {
        return new Risk(config.risk());
    }

    @Bean
    Incidents incidents(Database database, Audit audit, Grants grants) {
        return new Incidents(database, audit, grants);
    }

    @Bean
    Deliveries deliveries(Database database, Audit audit, Incidents incidents, Grants grants, ServerConfig config) {
        return new Deliveries(
                database,
                audit,
                new Findings(audit),
                incidents,
                grants,
                SessionWiring.secrets(config.data().resolve("secrets"))::find);
    }

    @Bean
    Decisions decisions(PolicySets sets, Risk risk, Incidents incidents) {
        return new Decisions(sets, risk, incidents, List.of(new HeldFacts()));
    }

    @Bean
    Reviews reviews(Database database, Audit audit, ServerConfig config) {
        return new Reviews(database, audit, new Findings(audit), config.emergencies());
    }

    @Bean
    ApproverWatch approverWatch(Database database, Audit audit, ServerConfig config) {
        return new ApproverWatch(database, new Findings(audit), config.approvals());
    }

    @Bean
    Requests requests(Database database, Audit audit, Decisions decisions, Grants grants, Reviews reviews) {
        return new Requests(database, audit, decisions, grants, reviews);
    }

    @Bean
    Favourites favourites(Database database, Audit audit, Requests requests) {
        return new Favourites(database, audit, requests);
    }

    @Bean
    Approving approving(
            Database database, Audit audit, Requests requests, Decisions decisions, Grants grants, Reviews reviews) {
        return new Approving(database, audit, requests, decisions, grants, reviews);
    }

    @Bean
    Delegations delegations(Database database, Audit audit) {
        return new Delegations(database, audit);
    }

    @Bean
    Carriers carriers(ServerConfig config) {
        return new Carriers(config.privateAddresses(), config.url());
    }

    /** Sends on threads of its own, which a server that stops does not wait for. */
    @Bean
    Notifications notifications(
            Database database, Audit audit, KeyVault vault, Carriers carriers, ServerConfig config) {
        return new Notifications(
                database,
                audit,
                vault,
                carriers,
                config.url(),
                work -> Thread.ofVirtual().name("notification").start(work));
    }

    @Bean
    QuestionLine questionLine(ServerConfig config) {
        return new QuestionLine(config.privateAddresses());
    }

    /** Asks on threads of its own, as notifications are sent. */
    @Bean
    DecisionServices decisionServices(
            Database database,
            Audit audit,
            KeyVault vault,
            Requests requests,
            Approving approving,
            Grants grants,
            Reviews reviews,
            QuestionLine line) {
        return new DecisionServices(
                database,
                audit,
                vault,
                new ServiceWords(database, audit, requests, approving, grants, reviews),
                line,
                work -> Thread.ofVirtual().name("decision-service").start(work));
    }

    @Bean
    CatalogChanges catalogChanges(
            Database database, Audit audit, People people, Grants grants, CompiledPolicies compiled) {
        return new CatalogChanges(database, audit, people, grants, compiled);
    }

    @Bean
    CatalogObjects catalogObjects(
            Database database, Audit audit, People people, Grants grants, CompiledPolicies compiled) {
        return new CatalogObjects(database, audit, people, grants, compiled);
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
            PolicySets policySets,
            Requests requests,
            Approving approving,
            Measures measures,
            SessionDuty sessions,
            Reviews reviews,
            ApproverWatch approvers,
            Incidents incidents,
            Notifications notifications,
            DecisionServices services) {
        var worker = new GrantWorker(
                database,
                audit,
                new Findings(audit),
                decisions,
                List.of(new SshLeases(database), new SessionLeases(database)));
        var duties = new LinkedHashMap<String, IntSupplier>();
        duties.put("grants", worker::runOnce);
        duties.put("incidents", incidents::closeDue);
        duties.put("reviews", reviews::watch);
        duties.put("policies", new Seldom(Duration.ofSeconds(2), policySets::warm));
        duties.put("requests", () -> requests.escalateDue() + approving.fallBackDue() + requests.expireDue());
        duties.put("deserted-stages", new Seldom(Duration.ofSeconds(5), requests::escalateDeserted));
        duties.put("approvers", new Seldom(Duration.ofMinutes(5), approvers::watch));
        duties.put("news", notifications::read);
        duties.put("notifications", notifications::send);
        duties.put("decision-services", services::ask);
        duties.put("measures", measures::readOn);
        duties.put("sessions", sessions::watch);
        duties.put("hosts", new StaleHosts(database, new Findings(audit))::watch);
        return new Duties(duties);
    }
}
