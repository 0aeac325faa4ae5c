package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import dev.sallyport.cli.output.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Incidents, who works on them, and who decides for whom. */
class IncidentsAndDelegationsTest {
    private static final String INCIDENT = """
            {"id":"inc_1","state":"open","title":"checkout is failing","severity":"sev1","source":null,"reference":null,
             "opened_by":"lead","confirmed_by":null,"counts":true,"opened_at":"2100-01-01T14:05:00Z","ends_at":"2100-01-02T14:05:00Z",
             "closed_at":null,"closed_by":null,"close_reason":null,"targets":["web-1"],"responders":["dev"],"responder_groups":["oncall"]}""";

    private static final String DELEGATION = """
            {"id":"dlg_1","state":"running","from":"lead","to":"chief","starts_at":"2100-01-01T14:05:00Z","until":"2100-01-03T14:05:00Z",
             "role":"ops","target":"web-1","reason":"on leave","created_at":"2100-01-01T14:05:00Z","ended_at":null}""";

    @TempDir
    Path home;

    private ContractServer server;
    private Person lead;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        lead = Person.at(home, Clock.systemUTC());
        assertThat(lead.signsIn(server).exit()).isZero();
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    @Test
    void incidentsAreOpenedShownConfirmedAndClosed() {
        server.route("POST /incidents", _ -> Reply.of(201, INCIDENT));
        server.route("GET /incidents", "{\"items\":[" + INCIDENT + "],\"next\":null}");
        server.route("GET /incidents/inc_1", INCIDENT);
        server.route("POST /incidents/inc_1/confirm", INCIDENT);
        server.route("POST /incidents/inc_1/close", INCIDENT.replace("\"open\"", "\"closed\""));

        assertThat(lead.types(
                                "incidents open outage --severity sev1 --service shop --target web-1 --responder dev --responders oncall --for 4h")
                        .shown())
                .isEqualTo("inc_1 is open: sev1, checkout is failing; on web-1; worked on by dev,oncall\n-> 0\n");
        assertThat(server.sent("POST /incidents"))
                .singleElement()
                .satisfies(body -> assertThat(Json.compact(body)).isEqualTo("""
                        {"title":"outage","severity":"sev1","service":"shop","lasts":"PT4H","targets":["web-1"],"responders":["dev"],"responder_groups":["oncall"]}"""));
        assertThat(lead.types("incidents list --all -o wide").out()).contains("inc_1", "web-1", "not for lead");
        assertThat(lead.types("incidents show inc_1").out()).contains("severity: sev1");
        assertThat(lead.types("show inc_1").out()).contains("severity: sev1");
        assertThat(lead.types("incidents confirm inc_1").exit()).isZero();
        assertThat(lead.types("incidents close inc_1 --reason over").shown())
                .isEqualTo("inc_1 is closed: sev1, checkout is failing\n-> 0\n");
    }

    @Test
    void respondersComeAndGoAndGrantsAreRevokedByIncident() {
        server.route("POST /incidents/inc_1/responders/add", INCIDENT);
        server.route("POST /incidents/inc_1/responders/remove", INCIDENT);
        server.route("POST /revocations", "{\"revoked\":[\"grt_1\"],\"feed_version\":7}");

        assertThat(lead.types("incidents responders add inc_1 --responder dev").exit())
                .isZero();
        assertThat(lead.types("incidents responders remove inc_1 --responders oncall")
                        .exit())
                .isZero();
        assertThat(lead.types("revoke --incident inc_1 --reason enough").shown())
                .isEqualTo("1 grant revoked\n  grt_1\n-> 0\n");
        assertThat(server.sent("POST /incidents/inc_1/responders/remove"))
                .singleElement()
                .satisfies(body -> assertThat(Json.compact(body)).isEqualTo("""
                        {"responders":[],"responder_groups":["oncall"]}"""));
    }

    @Test
    void delegationsAreCreatedListedAndEnded() {
        server.route("POST /delegations", _ -> Reply.of(201, DELEGATION));
        server.route("GET /delegations", "{\"items\":[" + DELEGATION + "],\"next\":null}");
        server.route("POST /delegations/dlg_1/end", DELEGATION.replace("running", "ended"));

        assertThat(lead.types(
                                "delegations create --to chief --until 2100-01-03T14:05:00Z --role ops --target web-1 --reason leave")
                        .out())
                .startsWith("dlg_1 is running: chief decides for lead until ");
        assertThat(server.sent("POST /delegations"))
                .singleElement()
                .satisfies(body -> assertThat(Json.compact(body)).isEqualTo("""
                        {"to":"chief","starts_at":null,"until":"2100-01-03T14:05:00Z","role":"ops","target":"web-1","reason":"leave"}"""));
        assertThat(lead.types("delegations list -o wide").out()).contains("dlg_1", "ops on web-1", "on leave");
        assertThat(lead.types("delegations end dlg_1").out()).startsWith("dlg_1 is ended");
    }
}
