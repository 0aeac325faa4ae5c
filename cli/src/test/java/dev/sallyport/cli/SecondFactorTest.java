package dev.sallyport.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sallyport.cli.ContractServer.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecondFactorTest {
    private static final String CODES = "{\"recovery_codes\":[\"4f7k-29xm-hq0d\",\"aaaa-bbbb-cccc\"]}";
    private static final String REQUEST = """
            {"id":"req_1","state":"approved","requester":"dev","reason":"r","requested_duration":"PT1H",
             "items":[{"id":"itm_1","role":"ops","target":"web-1","state":"approved","grant":"grt_1","decision":{"effect":"allow"}}]}""";

    @TempDir
    Path home;

    private ContractServer server;
    private Person dev;

    @BeforeEach
    void start() throws IOException {
        server = new ContractServer();
        dev = Person.at(home, Clock.systemUTC());
    }

    @AfterEach
    void nothingToComplainAbout() {
        server.close();
        assertThat(server.complaints).isEmpty();
    }

    private String login() {
        return "login --server " + server.url() + " --as dev --password-stdin";
    }

    /** A route that wants a factor until a proof comes with the call. */
    private void wantsFactor(String route, String answer, String proof) {
        server.route(route, call -> proof.equals(call.stepUp()) ? Reply.of(201, answer) : Reply.of(401, """
                        {"type":"about:blank","status":401,"code":"auth.step-up-required","step_up_for":"purpose-1","max_age":900,
                         "detail":"this wants a second factor no older than 15m","hint":"show a code of your authenticator app"}"""));
        server.route("POST /me/step-up", _ -> Reply.of(201, "{\"proof\":\"" + proof + "\"}"));
    }

    @Test
    void theLineAfterThePasswordIsTheCode() {
        server.secondFactor = "123456";

        assertThat(dev.types(login() + " --totp-stdin", ContractServer.PASSWORD + "\n123456\n")
                        .shown())
                .isEqualTo("signed in to " + server.url() + " as dev\n-> 0\n");
    }

    @Test
    void aMissingOrWrongCodeIsTheServersRefusal() {
        server.secondFactor = "123456";

        assertThat(dev.types(login(), ContractServer.PASSWORD + "\n").shown()).isEqualTo("""
                        ! login.code-wanted: this person has a second factor: a code of it is needed as well
                        hint: add --totp-stdin: the line after the password is the code
                        -> 2
                        """);
        assertThat(dev.types(login() + " --totp-stdin", ContractServer.PASSWORD + "\n654321\n")
                        .shown())
                .isEqualTo("! login.refused: the code is wrong, or was used already (each counts once)\n-> 2\n");
        assertThat(dev.types("login --server " + server.url() + " --totp-stdin").exit())
                .isEqualTo(64);
    }

    @Test
    void aFactorIsEnrolledInTwoStepsWhereThereIsNoTerminal() {
        dev.signsIn(server);
        server.route("GET /me/totp", "{\"enrolled\":false,\"recovery_codes\":0}");
        server.route("POST /me/totp", _ -> Reply.of(201, """
                {"uri":"otpauth://totp/Sallyport:dev%40x?secret=ABC","expires_at":"2100-01-01T14:05:00Z"}"""));
        server.route("POST /me/totp/confirm", CODES);
        server.route("POST /me/totp/recovery-codes", CODES);
        server.route("POST /me/totp/remove", _ -> Reply.of(204, ""));

        Person.Ended offered = dev.types("totp enroll -o json");
        assertThat(offered.out()).contains("otpauth://totp/");
        assertThat(offered.err()).contains("sallyport totp confirm");
        assertThat(dev.types("totp confirm --totp-stdin", "123456\n").out())
                .contains("each good once", "  4f7k-29xm-hq0d\n");
        assertThat(dev.types("totp recovery-codes --totp-stdin", "123456\n").out())
                .contains("aaaa-bbbb-cccc");
        assertThat(dev.types("totp remove --totp-stdin", "4f7k-29xm-hq0d\n").shown())
                .isEqualTo("the second factor is removed\n-> 0\n");
        assertThat(dev.types("totp remove").shown()).contains("factor.code-needed", "--totp-stdin");
        assertThat(server.sent("POST /me/totp/remove"))
                .singleElement()
                .satisfies(body -> assertThat(body.path("code").asString()).isEqualTo("4f7k-29xm-hq0d"));
        assertThat(dev.types("totp status").out()).isEqualTo("there is no second factor: sallyport totp enroll\n");
    }

    @Test
    void aFirstIsEnrolledWithTheCodeOfAnAdministrator() {
        dev.signsIn(server);
        server.route("GET /me/totp", "{\"enrolled\":false,\"recovery_codes\":0,\"enrolment_code_wanted\":true}");
        server.route("POST /me/enrolment-code", "{\"until\":\"2100-01-01T14:05:00Z\"}");
        server.route("POST /me/totp", _ -> Reply.of(201, "{\"uri\":\"otpauth://totp/x\"}"));
        server.route("POST /people/kim/enrolment-code", _ -> Reply.of(201, """
                {"person":"kim","code":"4f7k-29xm-hq0d-8s3w","expires_at":"2100-01-01T14:05:00Z"}"""));

        assertThat(dev.types("totp enroll").shown())
                .contains(
                        "! factor.enrolment-code-wanted: a first second factor wants a one-time code of an administrator")
                .contains("--enrolment-code-stdin");
        assertThat(server.sent("POST /me/enrolment-code")).isEmpty();
        assertThat(dev.types("totp enroll --enrolment-code-stdin", "4f7k-29xm-hq0d-8s3w\n")
                        .exit())
                .isZero();
        assertThat(server.sent("POST /me/enrolment-code"))
                .singleElement()
                .satisfies(body -> assertThat(body.path("code").asString()).isEqualTo("4f7k-29xm-hq0d-8s3w"));

        Person.Ended made = dev.types("people enrolment-code kim --reason arrived --for 8h");
        assertThat(made.out()).contains("For kim alone, once, until ", "\n4f7k-29xm-hq0d-8s3w\n");
        assertThat(server.sent("POST /people/kim/enrolment-code"))
                .singleElement()
                .satisfies(body -> assertThat(body.path("duration").asString()).isEqualTo("8h"));
    }

    @Test
    void anotherIsEnrolledWithACodeOfThePresentOne() {
        dev.signsIn(server);
        server.route("GET /me/totp", """
                {"enrolled":true,"enrolled_at":"2026-11-22T10:00:00Z","recovery_codes":7}""");
        server.route("POST /me/totp", _ -> Reply.of(201, "{\"uri\":\"otpauth://totp/x\"}"));

        assertThat(dev.types("totp status").out()).contains("7 recovery codes left");
        assertThat(dev.types("totp enroll").exit()).isEqualTo(1);
        assertThat(dev.types("totp enroll --totp-stdin", "123456\n").exit()).isZero();
        assertThat(server.sent("POST /me/totp"))
                .singleElement()
                .satisfies(body -> assertThat(body.path("code").asString()).isEqualTo("123456"));
    }

    @Test
    void aCallThatWantsAFactorIsRepeatedWithItsProof() {
        dev.signsIn(server);
        wantsFactor("POST /requests", REQUEST, "proof-1");
        wantsFactor("POST /grants/grt_1/extend", REQUEST, "proof-1");
        wantsFactor("POST /requests/req_1/approve", REQUEST, "proof-1");
        wantsFactor("POST /requests/req_2/approve", REQUEST.replace("req_1", "req_2"), "proof-1");

        assertThat(dev.types("request ops web-1 --for 1h --reason r --totp-stdin", "123456\n")
                        .exit())
                .isZero();
        assertThat(dev.types("extend grt_1 --for 10m --totp-stdin", "234567\n").exit())
                .isZero();
        assertThat(dev.types("approve req_1 req_2 --totp-stdin", "345678\n456789\n")
                        .exit())
                .isZero();
        assertThat(server.sent("POST /me/step-up"))
                .extracting(body -> body.path("code").asString() + " for "
                        + body.path("for").asString())
                .containsExactly(
                        "123456 for purpose-1", "234567 for purpose-1", "345678 for purpose-1", "456789 for purpose-1");
    }

    @Test
    void withoutTerminalAndCodeItIsRefused() {
        dev.signsIn(server);
        wantsFactor("POST /requests", REQUEST, "proof-1");

        assertThat(dev.types("request ops web-1 --for 1h --reason r").shown()).isEqualTo("""
                        (--totp-stdin takes a code from standard input; in a terminal it is asked for)
                        ! auth.step-up-required: this wants a second factor no older than 15m
                        hint: show a code of your authenticator app
                        -> 2
                        """);
    }

    @Test
    void aWrongCodeAndALostFactorAreRefusals() {
        dev.signsIn(server);
        wantsFactor("POST /requests", REQUEST, "proof-1");
        server.route(
                "POST /me/step-up", _ -> ContractServer.problem(403, "factor.wrong-code", "this code is wrong", ""));
        server.route("POST /people/kim/factor-reset", _ -> Reply.of(204, ""));

        assertThat(dev.types("request ops web-1 --for 1h --reason r --totp-stdin", "1\n")
                        .err())
                .contains("! factor.wrong-code: this code is wrong");
        assertThat(dev.types("people reset-factor kim --reason lost").shown())
                .isEqualTo("kim has no second factor any more\n-> 0\n");
    }
}
