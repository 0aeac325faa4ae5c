package dev.sallyport.server.api;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Every controller of the API, by name: nothing is found by scanning. */
@Configuration(proxyBeanMethods = false)
@Import({
    Draining.class,
    RequestsController.class,
    GrantsController.class,
    SshController.class,
    SessionsController.class,
    AuditController.class,
    FactorsController.class,
    PasskeysController.class,
    SignInsController.class,
    FindingsController.class,
    QuarantineController.class,
    CatalogController.class,
    CatalogObjectsController.class,
    PeopleController.class,
    IdentitiesController.class,
    HostsController.class,
    KeysController.class,
    BreakglassController.class,
    GatewaysController.class,
    PoliciesController.class,
    ReviewsController.class,
    IncidentsController.class,
    RiskController.class,
    ReachController.class,
    FavouritesController.class,
    ApproversController.class,
    DelegationsController.class,
    DecisionServicesController.class,
    NotificationsController.class,
    LimitsController.class,
    StatusController.class,
    OpenApiController.class,
    Doorkeeper.class
})
public class ApiControllers {}
